import {
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isObjectType,
  isAbstractType,
} from 'graphql';
import { createSchema, type GraphRole } from '../../src/graphql/schema.ts';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { Subscriber } from '../harness/subscriber.ts';
import { MAY_START, startInput } from '../harness/start.ts';

const ARN = 'arn:aws:bedrock:us-east-1:111122223333:async-invoke/abcdefghijkl';
const ID = Buffer.from(`AsyncInvokeSummary:${ARN}`).toString('base64url');

/** A job with every optional field. */
const JOB_WITH_ALL_FIELDS = {
  invocationArn: ARN,
  outcome: 'Failed',
  failureMessage: 'The prompt was blocked.',
  kmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/0b9c1a5e-1111-4222-8333-444455556666',
  bucketOwner: '111122223333',
  clientRequestToken: 'token-1',
} as const;

const ARGUMENTS: Readonly<Record<string, string>> = {
  asyncInvokes: '(first: 10)',
  asyncInvoke: `(invocationArn: "${ARN}")`,
  node: `(id: "${ID}")`,
  nodes: `(ids: ["${ID}"])`,
  _entities: `(representations: [{ __typename: "AsyncInvokeSummary", id: "${ID}" }])`,
};

/** Returns a selection of all fields below a type. The schema has no cycles. */
function selectAll(schema: GraphQLSchema, type: GraphQLNamedType): string {
  if (!isCompositeType(type)) return '';
  if (isAbstractType(type)) {
    const types = schema.getPossibleTypes(type);
    const fragments = types.map((each) => `... on ${each.name} ${selectAll(schema, each)}`);
    return `{ __typename ${fragments.join(' ')} }`;
  }
  const fields = Object.values(type.getFields()).map(({ name, type: fieldType }) => {
    const args = type.name === 'Query' ? (ARGUMENTS[name] ?? '') : '';
    return `${name}${args} ${selectAll(schema, getNamedType(fieldType))}`;
  });
  return `{ __typename ${fields.join(' ')} }`;
}

/** Returns `Type.field` for every field that has a value anywhere in a result. */
function fieldsWithValues(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(fieldsWithValues);
  if (typeof value !== 'object' || value === null) return [];
  const { __typename: typename, ...fields } = value as Record<string, unknown>;
  return Object.entries(fields).flatMap(([name, inner]) =>
    inner === null ? [] : [`${String(typename)}.${name}`, ...fieldsWithValues(inner)],
  );
}

describe('the mutation over HTTP', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({ variables: MAY_START });
  });
  afterAll(async () => {
    await gateway.stop();
  });

  it('returns a value for every field of the payload', async () => {
    const schema = createSchema('standalone', { start: true });
    const payload = schema.getType('StartAsyncInvokePayload');
    if (!payload) throw new Error('the schema has no StartAsyncInvokePayload');
    const document = `mutation ($input: StartAsyncInvokeInput!) {
      startAsyncInvoke(input: $input) ${selectAll(schema, payload)} }`;
    const start = async (changes: Record<string, unknown> = {}) => {
      const { data, errors } = await gateway.query(document, { input: startInput(changes) });
      expect(errors).toEqual([]);
      return data;
    };
    // One success, one rejection by the gateway, and (below) one by Amazon Bedrock.
    const payloads = [await start(), await start({ modelId: 'a.b' })];
    const found = new Set(payloads.flatMap(fieldsWithValues));
    gateway.emulator.inject({ kind: 'error', type: 'ValidationException', status: 400 });
    for (const field of fieldsWithValues(await start({ clientRequestToken: '2' })))
      found.add(field);
    const own = fieldsOf(schema).filter((field) => /^(?:Start|AsyncInvokeEdge)/.test(field));
    expect(own.filter((field) => !found.has(field))).toEqual([]);
  });
});

function fieldsOf(schema: GraphQLSchema): string[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
    .flatMap((type) =>
      isObjectType(type) ? Object.keys(type.getFields()).map((name) => `${type.name}.${name}`) : [],
    );
}

/** Returns the first event of a subscription. A subscription root cannot select `__typename`. */
async function firstChange({ url }: Gateway, schema: GraphQLSchema) {
  const job = schema.getType('AsyncInvokeSummary');
  if (!job) throw new Error('the schema has no AsyncInvokeSummary');
  const field = `asyncInvokeChanged(invocationArns: ["${ARN}"]) ${selectAll(schema, job)}`;
  const subscriber = new Subscriber(url, `subscription { ${field} }`);
  await subscriber.waitForResults(1);
  await subscriber.close();
  return subscriber.results[0]?.data;
}

describe.each<GraphRole>(['standalone', 'subgraph'])('the %s graph over HTTP', (role) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({ variables: { GRAPH_ROLE: role } });
    const submitTime = Date.now() - 60_000;
    gateway.emulator.addJob({ ...JOB_WITH_ALL_FIELDS, submitTime, endTime: submitTime + 9000 });
    gateway.emulator.addJob({ submitTime: submitTime + 1000, outcome: 'Completed' });
    gateway.emulator.inject({
      kind: 'rewrite',
      operation: 'ListAsyncInvokes',
      rewrite: ({ asyncInvokeSummaries: [first, ...rest] = [] }) => ({
        asyncInvokeSummaries: [{ ...first, outputDataConfig: { newOutput: { at: 'x' } } }, ...rest],
      }),
    });
  });
  afterAll(async () => {
    await gateway.stop();
  });

  it('returns a value for every field', async () => {
    const schema = createSchema(role);
    const query = schema.getQueryType();
    if (!query) throw new Error('the schema has no Query');
    const { data, errors } = await gateway.query(`query ${selectAll(schema, query)}`);
    expect(errors).toEqual([]);
    const event = { __typename: 'Subscription', ...(await firstChange(gateway, schema)) };
    const found = new Set([data, event].flatMap(fieldsWithValues));
    expect([...found].sort()).toEqual(fieldsOf(schema).sort());
  });
});
