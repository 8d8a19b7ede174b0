import { globSync, readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url).pathname;
const page = readFileSync(`${root}docs/clients.md`, 'utf8');
const files = globSync(`${root}examples/clients/*/src/*.{ts,tsx}`).map((file) =>
  readFileSync(file, 'utf8'),
);

const snippets = [...page.matchAll(/^ *```(?:ts|tsx|graphql)\n(.*?)^ *```$/gms)].map(
  ([, snippet = '']) => ({ title: snippet.trim().split('\n')[0], snippet }),
);

/** Code without what depends on where it stands, and without comments. */
function bare(code: string): string {
  return code
    .replaceAll(/^\s*\/\/.*$/gm, '')
    .replaceAll(/\s+/g, '')
    .replaceAll(/,(?=[)\]}])/g, '')
    .replace(/[;,]$/, '');
}

/** Whether its parts, between which something is left out, are in a file in this order. */
function isFrom(file: string, snippet: string): boolean {
  let from = 0;
  return snippet.split('// …').every((part) => {
    const at = bare(file).indexOf(bare(part), from);
    from = at + bare(part).length;
    return at >= 0;
  });
}

describe('the code in docs/clients.md', () => {
  it('is there', () => {
    expect(snippets.length).toBeGreaterThan(5);
  });

  it.each(snippets)('is that of a kit: $title', ({ snippet }) => {
    expect(files.some((file) => isFrom(file, snippet))).toBe(true);
  });
});
