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

/**
 * Subgraphs of other teams, and the error code of the composition, if any. docs/federation.md lists
 * the error codes.
 */
const OTHER_SUBGRAPHS: readonly [description: string, sdl: string, error?: string][] = [
  [
    'a type that extends the entity',
    `${LINK}
    type AsyncInvokeSummary @key(fields: "invocationArn") { invocationArn: AwsArn! label: String }
    scalar AwsArn`,
  ],
  [
    'a reference to the entity by its ARN',
    `${LINK} ${QUEUE}
    type AsyncInvokeSummary @key(fields: "invocationArn", resolvable: false) {
      invocationArn: AwsArn!
    }
    scalar AwsArn`,
  ],
  [
    'a reference to the entity by its id',
    `${LINK} ${QUEUE}
    type AsyncInvokeSummary @key(fields: "id", resolvable: false) { id: ID! }`,
  ],
  ['a separate PageInfo', LINK + WITH_PAGE_INFO + PAGE_INFO],
  [
    'a PageInfo with nullable flags',
    LINK + WITH_PAGE_INFO + PAGE_INFO.replaceAll('Boolean!', 'Boolean'),
  ],
  ['a federation 1 PageInfo', WITH_PAGE_INFO + PAGE_INFO.replace(' @shareable', '')],
  [
    'Query.node and interface Node',
    `${LINK}
    type Query { node(id: ID!): Node nodes(ids: [ID!]!): [Node]! }
    interface Node { id: ID! }
    type Thing implements Node @key(fields: "id") { id: ID! }`,
  ],
  [
    'an interface Node with more fields',
    `${LINK}
    type Query { node(id: ID!): Node }
    interface Node { id: ID! createdAt: String }
    type Thing implements Node @key(fields: "id") { id: ID! createdAt: String }`,
  ],
  [
    'a Node that is not an interface',
    'type Query { nodes: [Node] } type Node { host: String cores: Int }',
  ],
  [
    'a Query.node that also finds AsyncInvokeSummary',
    `${LINK}
    type Query { node(id: ID!): Node }
    interface Node { id: ID! }
    type AsyncInvokeSummary implements Node @key(fields: "id", resolvable: false) { id: ID! }`,
  ],
  ['a scalar JSON', 'type Query { raw: JSON } scalar JSON'],
  ['a mutation', 'type Query { a: Int } type Mutation { startThing(raw: String!): Int! }'],
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
    'all three root types',
    'type Query { a: Int } type Mutation { b: Int } type Subscription { c: Int }',
  ],
  [
    'a PageInfo that is not shareable',
    LINK + WITH_PAGE_INFO + PAGE_INFO.replace(' @shareable', ''),
    'INVALID_FIELD_SHARING',
  ],
  [
    'a PageInfo with fewer fields',
    LINK + WITH_PAGE_INFO + PAGE_INFO.replace('startCursor: String', ''),
    'SATISFIABILITY_ERROR',
  ],
  [
    'a PageInfo with more fields',
    LINK + WITH_PAGE_INFO + PAGE_INFO.replace('startCursor', 'total: Int startCursor'),
    'SATISFIABILITY_ERROR',
  ],
  [
    'a DateTime that is not a scalar',
    'type Query { now: DateTime } type DateTime { epoch: Int }',
    'TYPE_KIND_MISMATCH',
  ],
  [
    'an ARN that is a String',
    `${LINK} ${QUEUE}
    type AsyncInvokeSummary @key(fields: "invocationArn", resolvable: false) {
      invocationArn: String!
    }`,
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
  if (child.exitCode !== 0)
    throw new Error(`composing failed; install the composers with \`npm run peers\`: ${stderr}`);
  return JSON.parse(stdout) as Record<string, Outcome>;
}

const VARIANTS = [
  { name: 'subgraph', options: {}, variables: {} },
  { name: 'subgraph with mutations', options: { start: true }, variables: MAY_START },
] as const;

describe.each(VARIANTS)('the $name, composed by Apollo and Hive', ({ options, variables }) => {
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
        OTHER_SUBGRAPHS.map(([description, sdl]) => [
          description,
          [bedrock, { name: 'other', sdl }],
        ]),
      ),
    });
  });
  afterAll(async () => {
    await gateway.stop();
  });

  it.each(OTHER_SUBGRAPHS.filter(([, , error]) => !error))('composes with %s', (description) => {
    expect(outcomes[description]).toMatchObject({ apollo: [], hive: [] });
  });

  it.each(OTHER_SUBGRAPHS.filter(([, , error]) => error))(
    'does not compose with %s, as docs/federation.md says',
    (description, _sdl, error) => {
      expect(outcomes[description]).toMatchObject({ apollo: [error], hive: [error] });
    },
  );

  it('composes to the same supergraph from the served SDL as from the printed SDL', () => {
    expect(outcomes.printed?.supergraph).toContain('type AsyncInvokeSummary');
    expect(outcomes.served?.supergraph).toBe(outcomes.printed?.supergraph);
  });

  it('declares the cost of its lists in the supergraph', () => {
    expect(outcomes.printed?.supergraph).toContain('@listSize(assumedSize: 50');
    expect(outcomes.printed?.supergraph).toContain('@cost(weight: 0)');
  });

  it('has its mutation and the cost of it in the supergraph only when starting is enabled', () => {
    const mutation = /startAsyncInvoke\(.*\): StartAsyncInvokePayload .*@cost\(weight: 10\)/s;
    expect(mutation.test(outcomes.printed?.supergraph ?? '')).toBe('start' in options);
  });
});
