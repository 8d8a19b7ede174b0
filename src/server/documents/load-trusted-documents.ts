import type { Config } from '../../config/config.ts';
import { type DocumentRules, parseTrustedDocument } from './document-rules.ts';
import { type TrustedFile, TrustedDocuments } from './trusted-documents.ts';

/** The build writes the documents that the dashboard sends here, in the folder of the pages. */
const DASHBOARD_DOCUMENTS = 'documents.json';

/**
 * Loads the trusted documents of the operator, and those of the dashboard if it is served.
 *
 * @throws {ConfigError} listing all problems.
 */
export function loadTrustedDocuments(
  config: Pick<Config, 'documents' | 'dashboard'> & DocumentRules,
  webFolder: URL,
): TrustedDocuments {
  const { trustedFile } = config.documents;
  if (trustedFile === undefined) return new TrustedDocuments();
  const files: TrustedFile[] = [{ setting: 'TRUSTED_DOCUMENTS', file: trustedFile }];
  if (config.dashboard) {
    files.push({ setting: 'DASHBOARD', file: new URL(DASHBOARD_DOCUMENTS, webFolder) });
  }
  return TrustedDocuments.load(files, (text) => parseTrustedDocument(text, config));
}
