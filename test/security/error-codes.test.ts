import { readdirSync, readFileSync } from 'node:fs';
import { METHODS } from 'node:http';
import { join } from 'node:path';
import { isEnumType } from 'graphql';
import ts from 'typescript';
import { environment } from '../../src/config/env-schema.ts';
import { createSchema } from '../../src/graphql/schema.ts';

const ROOT = new URL('../../', import.meta.url).pathname;

/** The folders whose code decides what clients see. */
const FOLDERS = ['src/server', 'src/graphql', 'src/relay', 'src/executor'];
const CODE = /^[A-Z]{2,}(?:_[A-Z]+)*$/;
const USER_ERROR_CODES = 'StartAsyncInvokeUserErrorCode';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** The values of the schema's other enums. */
const enumValues = Object.values(createSchema('standalone', { start: true }).getTypeMap())
  .filter(isEnumType)
  .filter(({ name }) => name !== USER_ERROR_CODES)
  .flatMap((type) => type.getValues().map(({ name }) => name));

/** Texts that look like codes, but are never sent as one. */
const NO_CODES = new Set([
  ...Object.keys(environment.shape),
  ...METHODS,
  ...enumValues,
  // A code of Fastify, and one that only the log has.
  'FST_ERR_CTP_BODY_TOO_LARGE',
  'CLIENT_CLOSED_REQUEST',
]);

/** Returns the string literals of a file that look like codes. */
function codesIn(path: string): string[] {
  const codes: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) && CODE.test(node.text)) codes.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest));
  return codes.filter((code) => !NO_CODES.has(code));
}

const codesInCode = new Set(
  FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.includes('__generated__'))
      .flatMap((file) => codesIn(join(folder, file))),
  ),
);

/** The names in the first column of the page's tables. */
const codesOnPage = new Set(
  (read('docs/errors.md').match(/^\| *`[^|]*/gm) ?? [])
    .flatMap((cell) => [...cell.matchAll(/`([A-Z_]+)`/g)].map(([, code = '']) => code))
    .filter((code) => CODE.test(code)),
);

describe('the codes and reasons of errors', () => {
  it('LOW-11 each code that the gateway can send is in docs/errors.md', () => {
    expect(codesInCode).toContain('FORBIDDEN');
    expect([...codesInCode].filter((code) => !codesOnPage.has(code))).toEqual([]);
  });

  it('LOW-11 each code in docs/errors.md is one that the gateway can send', () => {
    expect(codesOnPage).toContain('FORBIDDEN');
    expect([...codesOnPage].filter((code) => !codesInCode.has(code))).toEqual([]);
  });

  it('LOW-11 each code of a user error is in docs/errors.md', () => {
    const type = createSchema('standalone', { start: true }).getType(USER_ERROR_CODES);
    const codes = isEnumType(type) ? type.getValues().map(({ name }) => name) : [];
    expect(codes).not.toEqual([]);
    expect(codes.filter((code) => !codesOnPage.has(code))).toEqual([]);
  });
});
