// Attacks on authentication.
import { Buffer } from 'node:buffer';
import { jsonHeaders, nextUnique } from '../client.mjs';

const BODY = '{"query":"{ __typename }"}';

export const TOKEN_ATTACKS = [
  {
    id: 'LOW-06a',
    title: '`/readyz` while the token issuer fails',
    connections: 20,
    issuerFails: true,
    run: ({ client }) => client.repeat(() => client.send({ method: 'GET', path: '/readyz' })),
  },
  {
    id: 'LOW-06b',
    title: 'invalid tokens',
    connections: 50,
    run: ({ client, tokens: { reader } }) =>
      client.repeat((_connection, turn) => {
        const create = INVALID_TOKENS[turn % INVALID_TOKENS.length];
        return client.send({ headers: jsonHeaders(create(reader)), body: BODY });
      }),
  },
];

/** A signature that does not fit, a key that the issuer does not have, and no token at all. */
const INVALID_TOKENS = [
  (token) => {
    const [header, payload, signature] = token.split('.');
    const bytes = Buffer.from(signature, 'base64url');
    bytes.writeUInt32BE(nextUnique(), bytes.length - 4);
    return [header, payload, bytes.toString('base64url')].join('.');
  },
  (token) => {
    const header = JSON.stringify({ alg: 'RS256', kid: `unknown-${nextUnique()}` });
    return [Buffer.from(header).toString('base64url'), ...token.split('.').slice(1)].join('.');
  },
  () => `none-${nextUnique()}`,
];
