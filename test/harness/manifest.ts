import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Writes files of trusted documents for the tests of a file, and removes them afterwards. */
export function useManifests() {
  const folder = mkdtempSync(join(tmpdir(), 'documents-'));
  let files = 0;
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  /** Writes a text, or a value as JSON. Returns the path. */
  return (content: unknown): string => {
    const file = join(folder, `${(files += 1)}.json`);
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  };
}

export const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
