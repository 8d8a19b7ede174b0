// Checks the English of comments, SDL descriptions, messages, test titles and docs:
// `npm run check`. Vale and textlint cannot read TypeScript comments and messages, so the few rules
// are here.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { RENAMED_SETTINGS } from '../src/config/renamed-settings.ts';
import { fromComments, fromGraphql, fromMarkdown, fromScript } from './prose/extract.mjs';
import { OPENINGS, PATTERNS } from './prose/patterns.mjs';

const MAX_COMMENT_COLUMNS = 100;
const MAX_MARKDOWN_COLUMNS = 120;

/** The first that matches a path reads it. */
const READERS = [
  [/\.(?:ts|tsx|js|mjs)$/, fromScript],
  [/\.graphql$/, fromGraphql],
  [/\.md$/, fromMarkdown],
  [/\.(?:css|ya?ml|sh)$|^\.ci\/run$/, fromComments],
];

/** Written by tools, or holding the forbidden words on purpose. */
const SKIPPED =
  /__generated__|^schema\/(?:printed|published)\/|^bench\/results\/|lock\.json$|^scripts\/prose\/|supergraph\.graphql$/;
/** The places that may name a setting that was renamed. */
const MAY_NAME_OLD_SETTINGS =
  /^CHANGELOG\.md$|^src\/config\/renamed-settings\.ts$|^test\/(?:config\/|scripts\/|main\.test\.ts$)/;

/** Returns the problems of one file, each as `path:line: what`. */
export function problemsIn(path, text) {
  const read = READERS.find(([pattern]) => pattern.test(path))?.[1];
  if (!read || SKIPPED.test(path)) return [];
  const found = read(path, text).flatMap((piece) =>
    problemsOf(piece).map((problem) => `${path}:${piece.line}: ${problem}`),
  );
  return [...found, ...wideLines(path, text, read), ...oldSettings(path, text)];
}

function problemsOf({ kind, text }) {
  const rules = kind === 'comment' ? [...PATTERNS, ...OPENINGS] : PATTERNS;
  return rules.flatMap(([pattern, advice]) => {
    const match = pattern.exec(text);
    return match ? [`${kind} has "${match[0].trim().slice(0, 40)}": ${advice}`] : [];
  });
}

function wideLines(path, text, read) {
  const isMarkdown = read === fromMarkdown;
  const max = isMarkdown ? MAX_MARKDOWN_COLUMNS : MAX_COMMENT_COLUMNS;
  const isChecked = isMarkdown ? isWrappedMarkdown(text) : isComment(read);
  return text.split('\n').flatMap((line, index) => {
    if (line.length <= max || /https?:\/\//.test(line) || !isChecked(line)) return [];
    return [`${path}:${index + 1}: ${line.length} columns; wrap at ${max}`];
  });
}

/** Everything in SDL; in other files, lines that are or end with a comment. */
function isComment(read) {
  if (read === fromGraphql) return () => true;
  return (line) => /^\s*(?:\/\/|\/?\*|#)|\s(?:\/\/|\/\*|#) /.test(line);
}

/** Tables, code and a line that is one sentence may be longer. */
function isWrappedMarkdown(text) {
  const code = new Set();
  let isCode = false;
  for (const line of text.split('\n')) {
    if (/^\s*(?:```|~~~)/.test(line)) isCode = !isCode;
    if (isCode) code.add(line);
  }
  return (line) =>
    !code.has(line) && !/^\s*(?:\||!?\[)/.test(line) && /[.!?:;] \S/.test(line.trim());
}

function oldSettings(path, text) {
  if (MAY_NAME_OLD_SETTINGS.test(path)) return [];
  return text.split('\n').flatMap((line, index) =>
    Object.entries(RENAMED_SETTINGS)
      .filter(([old]) => new RegExp(`(?<![A-Z_])${old}(?![A-Z_])`).test(line))
      .map(([old, name]) => `${path}:${index + 1}: ${old} was renamed to ${name}`),
  );
}

function main() {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
  });
  const problems = files
    .split('\n')
    .filter((path) => READERS.some(([pattern]) => pattern.test(path)))
    .flatMap((path) => problemsIn(path, readFileSync(path, 'utf8')));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) console.error(`${problems.length} problems of prose`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) main();
