import { ApolloServer } from '@apollo/server';
import { readConfig } from '../../../src/config/read-config.ts';
import { SERVE_DEFAULTS } from '../../../src/config/mode-defaults.ts';
import { createSchema } from '../../../src/graphql/schema.ts';
import { createDocumentStore } from '../../../src/server/apollo/document-store.ts';
import { DocumentPipeline } from '../../../src/server/documents/document-pipeline.ts';
import { readUrlParams } from '../../../src/server/documents/params.ts';

const schema = createSchema('standalone');
const createPipeline = () => {
  const { limits } = readConfig(
    { AWS_REGION: 'us-east-1', ALLOW_ANONYMOUS: 'true' },
    SERVE_DEFAULTS,
  );
  return new DocumentPipeline({ schema, limits, introspection: false });
};
const params = (query: string) => ({ query, operationName: undefined, variables: {} });

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

  it.each([
    ['parses and validates a document that it has not prepared', false, 1],
    ['neither parses nor validates a document that it has prepared', true, 0],
  ])('makes its documents available: Apollo Server %s', async (_title, isPrepared, count) => {
    const pipeline = createPipeline();
    const hooks = { parsingDidStart: 0, validationDidStart: 0 };
    const counter = (name: keyof typeof hooks) => () => {
      hooks[name] += 1;
      return Promise.resolve();
    };
    const listener = {
      parsingDidStart: counter('parsingDidStart'),
      validationDidStart: counter('validationDidStart'),
    };
    const apollo = new ApolloServer({
      schema,
      documentStore: createDocumentStore(pipeline),
      plugins: [{ requestDidStart: () => Promise.resolve(listener) }],
      stopOnTerminationSignals: false,
    });
    const query = 'query Ünïcode { __typename }'.replace('Ünïcode', 'Name # ünïcödé \n');
    if (isPrepared) pipeline.prepare(params(query), 'post');
    const { body } = await apollo.executeOperation({ query });
    await apollo.stop();
    expect(body).toMatchObject({ singleResult: { data: { __typename: 'Query' } } });
    expect(hooks).toEqual({ parsingDidStart: count, validationDidStart: count });
  });
});

it('reads the parameters of a URL as URLSearchParams does', () => {
  const url = '/graphql?query=%7Ba+b%7D%ff&operationName=A%20B&variables=%7B%22a%22%3A1%7D#x';
  expect(readUrlParams(url)).toEqual({
    query: '{a b}\ufffd',
    operationName: 'A B',
    variables: { a: 1 },
  });
});
