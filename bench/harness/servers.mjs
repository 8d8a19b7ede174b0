import {
  checkEntities,
  checkOpenApiPage,
  checkRelayPage,
  checkRestMany,
  checkRestPage,
} from './responses.mjs';
import { entities, openApiPage, relayPage, restMany, restPage } from './queries.mjs';

const here = (file) => new URL(file, import.meta.url).pathname;

/** Flags for Node. To compare flags, copy an entry below and change them in the copy. */
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
    UPSTREAM_CALLS_PER_SECOND: 'off',
    UPSTREAM_CALLS_PER_SECOND_PER_CALLER: 'off',
    // The number of connections that the SDK opens in the other servers.
    UPSTREAM_CONCURRENCY: '50',
    // Off: the gateway would reject requests when it loses its core for a second.
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
/**
 * Servers built from an OpenAPI description have the shape of the upstream: no edges, no derived
 * fields.
 */
const openApi = { pageRequest: openApiPage, checkPage: checkOpenApiPage };

/** The servers in the page scenarios. */
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

/** The servers in the scenario that reads many jobs by ARN. */
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

/** The servers whose start time and idle memory are measured. */
export const STARTS = [
  { key: 'gateway', name: 'gateway', ...GATEWAY, ...relay('/graphql') },
  { key: 'apollo', ...APOLLO, ...relay('/') },
  { key: 'bare', ...BARE, ...rest },
];
