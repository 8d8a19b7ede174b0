import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { INPUT_IDS } from './bad-inputs/input-ids.ts';
import { FAULT_IDS } from './faults/fault-ids.ts';
import { THREAT_IDS } from './security/threat-ids.ts';

const ROOT = new URL('.', import.meta.url).pathname;

const REQUIREMENTS = [...FAULT_IDS, ...INPUT_IDS, ...THREAT_IDS];

/** Ids at the start of a title, such as `FED-02 FED-03 ...`. */
const LEADING_IDS = /^(?:(?:[A-Z]{1,5}-\d{2}|S\d{1,2})\b\s*)+/;

/** Returns the ids in the titles of all tests, and in the tables that fill these titles. */
function idsInTests(): ReadonlySet<string> {
  const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.test.ts') && !file.includes('node_modules'),
  );
  const texts = files.flatMap((file) => literalsOf(readFileSync(join(ROOT, file), 'utf8')));
  return new Set(texts.flatMap((text) => LEADING_IDS.exec(text)?.[0].trim().split(/\s+/) ?? []));
}

/** Returns the text of each string and the first part of each template. */
function literalsOf(code: string): string[] {
  const literals: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) literals.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('test.ts', code, ts.ScriptTarget.Latest));
  return literals;
}

describe('the lists of faults, bad inputs and threats', () => {
  const tested = idsInTests();

  it('have distinct ids and a description for each', () => {
    const ids = REQUIREMENTS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { description } of REQUIREMENTS) expect(description).toMatch(/^[A-Z`].+\.$/);
  });

  it('have a test for each MUST', () => {
    const required = REQUIREMENTS.filter(({ level }) => level === 'MUST').map(({ id }) => id);
    expect(required.length).toBeGreaterThan(0);
    expect(required.filter((id) => !tested.has(id))).toEqual([]);
  });

  it('contain each id in a test title', () => {
    const listed = new Set(REQUIREMENTS.map(({ id }) => id));
    expect([...tested].filter((id) => !listed.has(id))).toEqual([]);
  });
});
