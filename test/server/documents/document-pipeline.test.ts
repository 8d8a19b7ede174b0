import { ApolloServer } from '@apollo/server';
import { readConfig } from '../../../src/config/read-config.ts';
import { SERVE_DEFAULTS } from '../../../src/config/mode-defaults.ts';
import { createSchema } from '../../../src/graphql/schema.ts';
import { preparedDocumentPlugin } from '../../../src/server/apollo/prepared-document-plugin.ts';
import type { ServerContext } from '../../../src/server/apollo/server-context.ts';
import {
  type DocumentCheck,
  DocumentPipeline,
} from '../../../src/server/documents/document-pipeline.ts';
import { readParams, readUrlParams } from '../../../src/server/documents/params.ts';

const schema = createSchema('standalone');
const createPipeline = () => {
  const { limits } = readConfig(
    { AWS_REGION: 'us-east-1', ALLOW_ANONYMOUS: 'true' },
    SERVE_DEFAULTS,
  );
  return new DocumentPipeline({ schema, limits, introspection: false });
};
const params = (query: string) => readParams({ query });

describe('the document pipeline', () => {
  it('parses equal documents once', () => {
    const pipeline = createPipeline();
    const first = pipeline.prepare(params('{ __typename }'), 'post');
    const second = pipeline.prepare(params('{ __typename }'), 'get');
    expect(second.document).toBe(first.document);
  });

  it('does not store an invalid document', () => {
    const pipeline = createPipeline();
    const prepare = () => pipeline.prepare(params('{ nope }'), 'post');
    expect(prepare).toThrow('Cannot query field "nope"');
    expect(prepare).toThrow('Cannot query field "nope"');
  });

  it('keeps no tokens of a document, but the locations of its nodes', () => {
    const { operation } = createPipeline().prepare(params('\n{ __typename }'), 'post');
    expect(operation.loc).toMatchObject({ start: 1, end: 15 });
    expect(operation.loc).not.toHaveProperty('startToken');
  });

  it('prepares documents that Apollo Server neither parses nor validates', async () => {
    const hooks: string[] = [];
    const record = (name: string) => () => {
      hooks.push(name);
      return Promise.resolve();
    };
    const listener = {
      didResolveSource: record('source'),
      parsingDidStart: record('parse'),
      validationDidStart: record('validate'),
    };
    const apollo = new ApolloServer<ServerContext>({
      schema,
      documentStore: null,
      plugins: [preparedDocumentPlugin(), { requestDidStart: () => Promise.resolve(listener) }],
      stopOnTerminationSignals: false,
    });
    const operation = createPipeline().prepare(params('{ __typename }'), 'post');
    const contextValue = { operation } as ServerContext;
    const { body } = await apollo.executeOperation({ query: '{ any text' }, { contextValue });
    await apollo.stop();
    expect(body).toMatchObject({ singleResult: { data: { __typename: 'Query' } } });
    expect(hooks).toEqual(['source']);
  });

  it.each([
    ['a new document', '{ __typename }', { isNew: true, tokens: 3 }],
    ['a document that is refused', '{ nope }', { isNew: true, tokens: 3 }],
    ['a syntax error', '{ nope', { isNew: true, tokens: 0 }],
  ])('reports the work for %s', (_title, query, expected) => {
    const checks: DocumentCheck[] = [];
    const onChecked = (check: DocumentCheck) => checks.push(check);
    const pipeline = createPipeline();
    try {
      pipeline.prepare(params(query), 'post', { onChecked });
    } catch {
      // The report is what counts.
    }
    expect(checks).toEqual([{ ...expected, comparisons: 0 }]);
  });

  it('reports the comparisons that a validation may take', () => {
    const checks: DocumentCheck[] = [];
    const onChecked = (check: DocumentCheck) => checks.push(check);
    const query = `{ asyncInvokes { ${'nodes { id }'.repeat(10)} } }`;
    createPipeline().prepare(params(query), 'post', { onChecked });
    // The 21 fields are compared with the nine others of their name.
    expect(checks[0]?.comparisons).toBe(21 * 9);
  });

  it('reports no work for a document that it knows', () => {
    const checks: DocumentCheck[] = [];
    const onChecked = (check: DocumentCheck) => checks.push(check);
    const pipeline = createPipeline();
    const request = params('{ __typename }');
    expect(pipeline.isKnown(request)).toBe(false);
    pipeline.prepare(request, 'post');
    expect(pipeline.isKnown(request)).toBe(true);
    pipeline.prepare(request, 'post', { onChecked });
    expect(checks).toEqual([{ isNew: false, tokens: 3, comparisons: 0 }]);
  });

  it('knows no document that it has refused', () => {
    const pipeline = createPipeline();
    for (const query of ['{ nope }', '{ nope', `{ ${'a: __typename '.repeat(50)} }`]) {
      expect(() => pipeline.prepare(params(query), 'post')).toThrow();
      expect(pipeline.isKnown(params(query))).toBe(false);
    }
  });
});

it('reads the parameters of a URL', () => {
  const url = '/graphql?query=%7Ba+b%7D%C3%BF&operationName=A%20B&variables=%7B%22a%22%3A1%7D#x';
  expect(readUrlParams(url)).toEqual({
    query: '{a b}\u00ff',
    reference: undefined,
    operationName: 'A B',
    variables: { a: 1 },
  });
});
