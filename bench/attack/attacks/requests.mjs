// Attacks with requests that are refused, or that cost nothing.
import { jsonHeaders, nextUnique } from '../client.mjs';

const MISFIT_IDS = Array.from({ length: 80_000 }, () => ({}));
const TOO_LARGE = JSON.stringify({ query: `{ __typename } # ${'x'.repeat(300_000)}` });
const LONG_CONTENT_TYPE = `application/json; charset=${' '.repeat(12_000)}"x`;

/** Requests that are refused for their form: 400, 413, 415 and 406. */
const MALFORMED = [
  (token) => ({ headers: jsonHeaders(token), body: '{"query":' }),
  (token) => ({ headers: jsonHeaders(token), body: TOO_LARGE }),
  (token) => ({ headers: { ...jsonHeaders(token), 'content-type': 'text/csv' }, body: 'query' }),
  (token) => ({ headers: { ...jsonHeaders(token), accept: 'image/png' }, body: '{}' }),
];

const UPGRADES = [
  { path: '/graphql', upgrade: 'h2c', method: 'POST' },
  { path: '/readyz', upgrade: 'h2c', method: 'GET' },
  { path: '/', upgrade: 'websocket', method: 'GET' },
  { path: '/graphql', upgrade: 'TLS/1.2, websocket', method: 'GET' },
];

export const REQUEST_ATTACKS = [
  {
    id: 'S2b',
    title: 'operations over `MAX_COST`',
    connections: 50,
    run: ({ client, tokens: { reader } }) =>
      client.repeat(() => {
        const pages = ['a', 'b', 'c'].map(
          (alias) => `${alias}: asyncInvokes(first: 1000) { nodes { id } }`,
        );
        return client.post({ query: `query Q${nextUnique()} { ${pages.join(' ')} }` }, reader);
      }),
  },
  {
    id: 'S2c',
    title: 'variables that do not fit',
    connections: 50,
    run: ({ client, tokens: { reader } }) =>
      client.repeat(() => {
        const query = `query Q${nextUnique()}($ids: [ID!]!) { nodes(ids: $ids) { id } }`;
        return client.post({ query, variables: { ids: MISFIT_IDS } }, reader);
      }),
  },
  {
    id: 'S2d',
    title: 'operations in which everything is skipped',
    connections: 50,
    run: ({ client, tokens: { unscoped } }) =>
      client.repeat(() => {
        const name = `Q${nextUnique()}`;
        const query = `query ${name}($skip: Boolean = true) { __typename @skip(if: $skip) }`;
        return client.post({ query }, unscoped);
      }),
  },
  {
    id: 'S2e',
    title: 'malformed bodies, 413, 415 and 406',
    connections: 50,
    run: ({ client, tokens: { unscoped } }) =>
      client.repeat((_connection, turn) =>
        client.send(MALFORMED[turn % MALFORMED.length](unscoped)),
      ),
  },
  {
    id: 'S11',
    title: 'requests with odd `Upgrade` headers',
    connections: 50,
    run: ({ client, tokens: { unscoped } }) =>
      client.repeat((_connection, turn) => {
        const { path, upgrade, method } = UPGRADES[turn % UPGRADES.length];
        const headers = { ...jsonHeaders(unscoped), connection: 'upgrade', upgrade };
        const body = method === 'POST' ? '{"query":"{ __typename }"}' : undefined;
        return client.send({ method, path, headers, body });
      }),
  },
  {
    id: 'S13',
    title: 'content types of 12 kB',
    connections: 50,
    run: ({ client, tokens: { unscoped } }) =>
      client.repeat(() => {
        const headers = { ...jsonHeaders(unscoped), 'content-type': LONG_CONTENT_TYPE };
        return client.send({ headers, body: '{"query":"{ __typename }"}' });
      }),
  },
];
