import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const SCRIPT = new URL('../../scripts/check-prose.mjs', import.meta.url).pathname;

const PLANTED: readonly [what: string, path: string, text: string, line: number][] = [
  ['a comment', 'src/a.ts', '/** Is told of a fault that was made up for. */\nexport {};\n', 1],
  ['a comment over two lines', 'src/b.ts', '\n// This is\n// told later.\nexport {};\n', 2],
  ['a comment in JSX', 'web/a.tsx', 'export const a = (\n  // Nobody waits.\n  <p />\n);\n', 2],
  ['a message', 'src/c.ts', "\nexport const text = 'Somebody has asked too much.';\n", 2],
  ['a text in JSX', 'web/b.tsx', 'export const a = <p>Whoever reads this</p>;\n', 1],
  ['a description', 'schema/a.graphql', '"""\nIs told of\n"""\ntype A { a: Int }\n', 1],
  ['a test title', 'test/a.test.ts', "it('asks nobody twice', () => 0);\n", 1],
  ['a paragraph of docs', 'docs/a.md', '# Title\n\nThe request is under\nway now.\n', 3],
  ['a stylesheet', 'web/a.css', '\n/* Made up for later. */\n', 2],
  ['an old setting', 'docs/b.md', 'Set `MAX_REPEATS`.\n', 1],
  ['a comment of 130 columns', 'src/d.ts', `// ${'x'.repeat(127)}\nexport {};\n`, 1],
  ['a doc comment that begins with Gives', 'src/e.ts', '/** Gives it. */\nexport {};\n', 1],
  ['a long Markdown line of two sentences', 'docs/c.md', `${'One. Two '.repeat(14)}\n`, 1],
];

const PLAIN: readonly [what: string, path: string, text: string][] = [
  [
    'plain comments and messages',
    'src/f.ts',
    "/** Returns it. */\nexport const a = 'Not found.';\n",
  ],
  ['names in code', 'docs/d.md', 'The function `nobody()` is fine.\n'],
  ['a long link', 'docs/e.md', `See https://example.com/${'x'.repeat(120)}. It is long.\n`],
];

/** Runs the check over a repository with these files. */
function check(
  files: readonly (readonly [what: string, path: string, text: string, ...unknown[]])[],
) {
  const folder = mkdtempSync(join(tmpdir(), 'prose-'));
  try {
    execFileSync('git', ['init', '--quiet', folder]);
    for (const [, path, text] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return spawnSync(process.execPath, [SCRIPT], { cwd: folder, encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the prose check', () => {
  const planted = check(PLANTED);

  it('fails where it finds a problem', () => {
    expect(planted.status).toBe(1);
  });

  it.each(PLANTED)('names the place of %s', (_what, path, _text, line) => {
    expect(planted.stderr).toContain(`${path}:${line}: `);
  });

  it('passes for plain prose, names in code and long links', () => {
    expect(check(PLAIN)).toMatchObject({ status: 0, stderr: '' });
  });
});
