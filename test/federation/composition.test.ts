import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { printSdl } from '../../src/graphql/schema.ts';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { MAY_START } from '../harness/start.ts';

const LINK = /* GraphQL */ `
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])
`;
const WITH_PAGE_INFO = /* GraphQL */ `
  type Query {
    things: ThingConnection
  }
  type ThingConnection {
    pageInfo: PageInfo!
  }
`;
const PAGE_INFO = /* GraphQL */ `
  type PageInfo @shareable {
    hasNextPage: Boolean!
    hasPreviousPage: Boolean!
    startCursor: String
    endCursor: String
  }
`;
const QUEUE = /* GraphQL */ `
  type Query {
    queue: [Row]
  }
  type Row {
    job: AsyncInvokeSummary
  }
`;

/** What other teams may bring, and what becomes of the whole. The last column stands in docs/federation.md. */
const NEIGHBOURS: readonly [what: string, sdl: string, error?: string][] = [
  [
    'a type that extends the entity',
    `${LINK}
    type AsyncInvokeSummary @key(fields: "invocationArn") { invocationArn: AwsArn! label: String }
    scalar AwsArn`,
  ],
  [
    'a reference to the entity by its ARN',
    `${LINK} ${QUEUE}
    type AsyncInvokeSummary @key(fields: "invocationArn", resolvable: false) { invocationArn: AwsArn! }
    scalar AwsArn`,
  ],
  [
    'a reference to the entity by its id',
    `${LINK} ${QUEUE}
    type AsyncInvokeSummary @key(fields: "id", resolvable: false) { id: ID! }`,
  ],
  ['a PageInfo of its own', LINK + WITH_PAGE_INFO + PAGE_INFO],
  [
    'a PageInfo with nullable flags',
    LINK + WITH_PAGE_INFO + PAGE_INFO.replaceAll('Boolean!', 'Boolean'),
  ],
  ['a PageInfo of federation 1', WITH_PAGE_INFO + PAGE_INFO.replace(' @shareable', '')],
  [
    'Query.node and interface Node',
    `${LINK}
    type Query { node(id: ID!): Node nodes(ids: [ID!]!): [Node]! }
    interface Node { id: ID! }
    type Thing implements Node @key(fields: "id") { id: ID! }`,
  ],
  [
    'an interface Node with more in it',
    `${LINK}
    type Query { node(id: ID!): Node }
    interface Node { id: ID! createdAt: String }
    type Thing implements Node @key(fields: "id") { id: ID! createdAt: String }`,
  ],
  [
    'a Node that is no interface',
    'type Query { nodes: [Node] } type Node { host: String cores: Int }',
  ],
  [
    'a Query.node that finds our entity too',
    `${LINK}
    type Query { node(id: ID!): Node }
    interface Node { id: ID! }
    type AsyncInvokeSummary implements Node @key(fields: "id", resolvable: false) { id: ID! }`,
  ],
  ['a scalar JSON', 'type Query { raw: JSON } scalar JSON'],
  [
    'a mutation of its own',
    'type Query { a: Int } type Mutation { startThing(raw: String!): Int! }',
  ],
  ['a scalar DateTime', 'type Query { now: DateTime } scalar DateTime'],
  [
    'a scalar DateTime with another specification',
    'type Query { now: DateTime } scalar DateTime @specifiedBy(url: "https://example.com/time")',
  ],
  [
    'an enum SortOrder with other values',
    'type Query { things(order: SortOrder): [Int] } enum SortOrder { UP DOWN }',
  ],
  [
    'root types for the rest',
    'type Query { a: Int } type Mutation { b: Int } type Subscription { c: Int }',
  ],
  [
    'a PageInfo that is not shareable',
    LINK + WITH_PAGE_INFO + PAGE_INFO.replace(' @shareable', ''),
    'INVALID_FIELD_SHARING',
  ],
  [
    'a PageInfo with less in it',
    LINK + WITH_PAGE_INFO + PAGE_INFO.replace('startCursor: String', ''),
    'SATISFIABILITY_ERROR',
  ],
  [
    'a PageInfo with more in it',
    LINK + WITH_PAGE_INFO + PAGE_INFO.replace('startCursor', 'total: Int startCursor'),
    'SATISFIABILITY_ERROR',
  ],
  [
    'a DateTime that is no scalar',
    'type Query { now: DateTime } type DateTime { epoch: Int }',
    'TYPE_KIND_MISMATCH',
  ],
  [
    'an ARN that is a String',
    `${LINK} ${QUEUE}
    type AsyncInvokeSummary @key(fields: "invocationArn", resolvable: false) { invocationArn: String! }`,
    'FIELD_TYPE_MISMATCH',
  ],
];

interface Outcome {
  readonly apollo: readonly string[];
  readonly hive: readonly string[];
  readonly supergraph?: string;
}

type Subgraphs = readonly { readonly name: string; readonly sdl: string }[];

async function compose(
  cases: Readonly<Record<string, Subgraphs>>,
): Promise<Record<string, Outcome>> {
  const script = new URL('compose.mjs', import.meta.url).pathname;
  const child = spawn(process.execPath, [script]);
  child.stdin.end(JSON.stringify(cases));
  const exited = once(child, 'close');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await exited;
  if (child.exitCode !== 0) throw new Error(`are the peers installed (npm run peers)? ${stderr}`);
  return JSON.parse(stdout) as Record<string, Outcome>;
}

const VARIANTS = [
  { name: 'subgraph', options: {}, variables: {} },
  { name: 'subgraph that starts', options: { start: true }, variables: MAY_START },
] as const;

describe.each(VARIANTS)('the $name, composed by Apollo and by Hive', ({ options, variables }) => {
  const bedrock = { name: 'bedrock', sdl: printSdl('subgraph', options) };
  let gateway: Gateway;
  let outcomes: Record<string, Outcome>;
  beforeAll(async () => {
    gateway = await startGateway({ variables: { GRAPH_ROLE: 'subgraph', ...variables } });
    const { data } = await gateway.query('{ _service { sdl } }');
    const served = (data as { _service: { sdl: string } })._service.sdl;
    outcomes = await compose({
      printed: [bedrock],
      served: [{ ...bedrock, sdl: served }],
      ...Object.fromEntries(
        NEIGHBOURS.map(([what, sdl]) => [what, [bedrock, { name: 'neighbour', sdl }]]),
      ),
    });
  });
  afterAll(async () => {
    await gateway.stop();
  });

  it.each(NEIGHBOURS.filter(([, , error]) => !error))('composes beside %s', (what) => {
    expect(outcomes[what]).toMatchObject({ apollo: [], hive: [] });
  });

  it.each(NEIGHBOURS.filter(([, , error]) => error))(
    'cannot compose beside %s, as docs/federation.md says',
    (what, _sdl, error) => {
      expect(outcomes[what]).toMatchObject({ apollo: [error], hive: [error] });
    },
  );

  it('makes the same supergraph of what is served as of what is printed', () => {
    expect(outcomes.printed?.supergraph).toContain('type AsyncInvokeSummary');
    expect(outcomes.served?.supergraph).toBe(outcomes.printed?.supergraph);
  });

  it('tells a router what its lists cost', () => {
    expect(outcomes.printed?.supergraph).toContain('@listSize(assumedSize: 50');
    expect(outcomes.printed?.supergraph).toContain('@cost(weight: 0)');
  });

  it('has its mutation in the supergraph only where it starts, with its cost', () => {
    const mutation = /startAsyncInvoke\(.*\): StartAsyncInvokePayload .*@cost\(weight: 10\)/s;
    expect(mutation.test(outcomes.printed?.supergraph ?? '')).toBe('start' in options);
  });
});
