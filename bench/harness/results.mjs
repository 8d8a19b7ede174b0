import { mkdirSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

const FOLDER = new URL('../results/', import.meta.url);

/** Saves the figures as JSON and the report as Markdown, named by date and commit. */
export async function saveReport(results, report, prefix = '') {
  const { date, commit } = results.machine;
  const name = `${prefix}${date.slice(0, 10)}-${commit}`;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(new URL(`${name}.json`, FOLDER), await formatText(JSON.stringify(results), 'json'));
  writeFileSync(new URL(`${name}.md`, FOLDER), report);
}

/** Formats text with the Prettier settings of the repository. */
export async function formatText(text, parser) {
  return format(text, { ...(await resolveConfig(FOLDER.pathname)), parser });
}
