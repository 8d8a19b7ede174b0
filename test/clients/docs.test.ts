import { globSync, readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url).pathname;
const page = readFileSync(`${root}docs/clients.md`, 'utf8');
const files = globSync(`${root}examples/clients/*/src/*.{ts,tsx}`).map((file) =>
  readFileSync(file, 'utf8'),
);

const snippets = [...page.matchAll(/^ *```(?:ts|tsx|graphql)\n(.*?)^ *```$/gms)].map(
  ([, snippet = '']) => ({ title: snippet.trim().split('\n')[0], snippet }),
);

/** Removes comments and everything that depends on the formatting: whitespace, trailing commas. */
function normalize(code: string): string {
  return code
    .replaceAll(/^\s*\/\/.*$/gm, '')
    .replaceAll(/\s+/g, '')
    .replaceAll(/,(?=[)\]}])/g, '')
    .replace(/[;,]$/, '');
}

/** Returns whether a file has all parts of a snippet in order. `// …` separates the parts. */
function isFrom(file: string, snippet: string): boolean {
  let from = 0;
  return snippet.split('// …').every((part) => {
    const index = normalize(file).indexOf(normalize(part), from);
    from = index + normalize(part).length;
    return index >= 0;
  });
}

describe('the code in docs/clients.md', () => {
  it('has at least six snippets', () => {
    expect(snippets.length).toBeGreaterThan(5);
  });

  it.each(snippets)('is code of a kit: $title', ({ snippet }) => {
    expect(files.some((file) => isFrom(file, snippet))).toBe(true);
  });
});
