import { mkdirSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

const FOLDER = new URL('../results/', import.meta.url);

/** Keeps the figures as JSON and the report as Markdown, under the date and commit they are of. */
export async function keep(results, report) {
  const { date, commit } = results.machine;
  const name = `${date.slice(0, 10)}-${commit}`;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(new URL(`${name}.json`, FOLDER), await formatted(JSON.stringify(results), 'json'));
  writeFileSync(new URL(`${name}.md`, FOLDER), report);
}

/** As the rest of the repository is formatted. */
export async function formatted(text, parser) {
  return format(text, { ...(await resolveConfig(FOLDER.pathname)), parser });
}
