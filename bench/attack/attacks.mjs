import { CONNECTION_ATTACKS } from './attacks/connections.mjs';
import { DOCUMENT_ATTACKS } from './attacks/documents.mjs';
import { REQUEST_ATTACKS } from './attacks/requests.mjs';
import { RESPONSE_ATTACKS } from './attacks/responses.mjs';
import { SOCKET_ATTACKS } from './attacks/sockets.mjs';
import { TOKEN_ATTACKS } from './attacks/tokens.mjs';
import { UPSTREAM_ATTACKS } from './attacks/upstream-calls.mjs';

/**
 * An attack. It runs first with one connection, and then with `connections`.
 *
 * @typedef {object} Attack
 * @property {string} id the id of its threat, with a letter if the threat has several attacks
 * @property {string} title
 * @property {number} connections
 * @property {object} [variables] settings of the gateway that are not the defaults
 * @property {string} [failureMessage] the failure message of all jobs
 * @property {boolean} [issuerFails] whether the token issuer fails, except during the warm-up
 * @property {(context: AttackContext) => Promise<void>} run
 *
 * @typedef {object} AttackContext
 * @property {import('./client.mjs').AttackClient} client
 * @property {number} connections
 * @property {{ unscoped: string, reader: string, starter: string }} tokens of one subject
 * @property {() => string} unknownArn returns the ARN of a job that does not exist
 */

const IN_ORDER = new Intl.Collator('en', { numeric: true });

/** @type {Attack[]} */
export const ATTACKS = [
  ...DOCUMENT_ATTACKS,
  ...REQUEST_ATTACKS,
  ...RESPONSE_ATTACKS,
  ...SOCKET_ATTACKS,
  ...CONNECTION_ATTACKS,
  ...UPSTREAM_ATTACKS,
  ...TOKEN_ATTACKS,
].sort((a, b) => b.id.startsWith('S') - a.id.startsWith('S') || IN_ORDER.compare(a.id, b.id));
