import {
  checkEntities,
  checkOpenApiPage,
  checkRelayPage,
  checkRestMany,
  checkRestPage,
} from './answers.mjs';
import { entities, openApiPage, relayPage, restMany, restPage } from './queries.mjs';

const here = (file) => new URL(file, import.meta.url).pathname;

/** What Node is to be told before the script. A copy of an entry below with other flags compares the two. */
const NODE_FLAGS = [];

export const GATEWAY = {
  script: process.env.BENCH_GATEWAY ?? here('../../dist/main.js'),
  args: ['serve'],
  nodeFlags: NODE_FLAGS,
  env: {
    PORT: '0',
    AWS_ACCOUNT_ID: '123456789012',
    LOG_LEVEL: 'info',
    RATE_LIMIT: '1000000000',
    // As many connections as the SDK opens for the others.
    UPSTREAM_CONCURRENCY: '50',
    // It would refuse requests when the core is taken from it for a second, which others do not.
    MAX_EVENT_LOOP_DELAY_MS: '60000',
  },
};

const CACHE_OFF = { LIST_CACHE_TTL_MS: '0' };
const CACHE_ON = { LIST_CACHE_TTL_MS: '1000' };

const BARE = { name: 'bare SDK handler (REST)', script: here('../servers/bare.mjs') };
const APOLLO = { name: 'Apollo Server + SDK', script: here('../servers/apollo.mjs') };

const rest = { pageRequest: restPage, checkPage: checkRestPage };
const relay = (path) => ({
  pageRequest: (first) => relayPage(path, first),
  checkPage: checkRelayPage,
});
/** What a description of the upstream gives is the upstream's shape: no edges, no fields made of others. */
const openApi = { pageRequest: openApiPage, checkPage: checkOpenApiPage };

/** Who is asked for pages. */
export const PAGES = [
  {
    key: 'gateway-off',
    name: 'gateway, cache off',
    ...GATEWAY,
    env: { ...GATEWAY.env, ...CACHE_OFF },
    ...relay('/graphql'),
  },
  {
    key: 'gateway-on',
    name: 'gateway, cache on',
    ...GATEWAY,
    env: { ...GATEWAY.env, ...CACHE_ON },
    ...relay('/graphql'),
  },
  { key: 'bare', ...BARE, ...rest },
  { key: 'apollo', ...APOLLO, ...relay('/') },
  {
    key: 'yoga',
    name: 'GraphQL Yoga + SDK',
    script: here('../servers/yoga.mjs'),
    ...relay('/graphql'),
  },
  {
    key: 'mercurius',
    name: 'Mercurius with JIT + SDK',
    script: here('../servers/mercurius.mjs'),
    ...relay('/graphql'),
  },
  {
    key: 'openapi',
    name: 'Mesh OpenAPI + Yoga',
    script: here('../servers/openapi.mjs'),
    ...openApi,
  },
  {
    key: 'hive',
    name: 'Hive Gateway + Mesh OpenAPI',
    script: here('../servers/hive.mjs'),
    ...openApi,
  },
];

const subgraph = { ...GATEWAY.env, GRAPH_ROLE: 'subgraph' };
const references = { manyRequest: entities, checkMany: checkEntities };

/** Who is asked for many jobs by their ARNs. */
export const MANY = [
  {
    key: 'gateway-off',
    name: 'gateway, cache off',
    ...GATEWAY,
    env: { ...subgraph, ...CACHE_OFF },
    ...references,
  },
  {
    key: 'gateway-on',
    name: 'gateway, cache on',
    ...GATEWAY,
    env: { ...subgraph, ...CACHE_ON },
    ...references,
  },
  { key: 'bare', ...BARE, manyRequest: restMany, checkMany: checkRestMany },
];

/** Whose start is timed, and who is left alone afterwards. */
export const STARTS = [
  { key: 'gateway', name: 'gateway', ...GATEWAY, ...relay('/graphql') },
  { key: 'apollo', ...APOLLO, ...relay('/') },
  { key: 'bare', ...BARE, ...rest },
];
