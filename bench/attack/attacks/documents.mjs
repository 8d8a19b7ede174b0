// Attacks with documents that are expensive to read, measure or validate.
import { nextUnique } from '../client.mjs';

const MESSAGE_PART = 'Did you mean ';
/** As many as fit in a body of the default size. */
const MESSAGE_PARTS = 19_000;
const LONG_TEXT = `<${MESSAGE_PART.repeat(MESSAGE_PARTS)}`;

const LONG_OPERATIONS = [
  { query: `{ asyncInvokes(filter: { statusEquals: "${LONG_TEXT}" }) { nodes { id } } }` },
  { query: `subscription { asyncInvokeChanged(invocationArns: "${LONG_TEXT}") { id } }` },
  {
    query:
      'query ($status: AsyncInvokeStatus) { asyncInvokes(filter: { statusEquals: $status }) { nodes { id } } }',
    variables: { status: LONG_TEXT },
  },
  { query: `{ ${LONG_TEXT.replaceAll(/\W/g, '_')} }` },
];

const LEAVES = [
  'id invocationArn modelArn clientRequestToken status rawStatus failureMessage submitTime',
  'lastModifiedTime endTime modelId region accountId durationSeconds',
].join(' ');
const NAMES = LEAVES.split(' ');
const S3_LEAVES = 's3Uri bucket keyPrefix kmsKeyId bucketOwner';
const FRAGMENTS = 50;

/**
 * Documents that take the longest to validate within the default limits. Validation compares each
 * pair of fields or fragments.
 */
const SLOW_SELECTIONS = [
  () => repeat(50, () => `nodes { ${LEAVES} }`),
  () => repeat(45, () => `nodes { ... on AsyncInvokeSummary { ${LEAVES} } }`),
  () =>
    repeat(
      50,
      () => `nodes { outputDataConfig { ... on AsyncInvokeS3OutputDataConfig { ${S3_LEAVES} } } }`,
    ),
  () => `nodes { ${repeat(FRAGMENTS, (i) => `...F${i}`)} }`,
];
const FRAGMENT_DEFINITIONS = repeat(
  FRAGMENTS,
  (i) => `fragment F${i} on AsyncInvokeSummary { ${NAMES[i % NAMES.length]} }`,
);

function slowDocument() {
  const unique = nextUnique();
  const selection = SLOW_SELECTIONS[unique % SLOW_SELECTIONS.length]();
  const fragments = selection.includes('...F0') ? FRAGMENT_DEFINITIONS : '';
  return `query Q${unique} { asyncInvokes(first: 1) { ${selection} } } ${fragments}`;
}

const ALIASES = 400;
const MALFORMED_ESCAPES = ['%FF', '%E0%A4', '%zz'];

export const DOCUMENT_ATTACKS = [
  {
    id: 'S1',
    title: '247 kB in a literal, a variable or a name, by POST, SSE and WebSocket',
    connections: 48,
    run: ({ client, tokens: { unscoped } }) =>
      client.repeat((connection, turn) => {
        const operation = LONG_OPERATIONS[turn % LONG_OPERATIONS.length];
        if (connection % 3 === 2) return subscribeOnce(client, unscoped, operation);
        return client.post(
          operation,
          unscoped,
          connection % 3 === 1 ? { accept: 'text/event-stream' } : {},
        );
      }),
  },
  {
    id: 'S2a',
    title: 'new documents that are slow to validate',
    connections: 50,
    run: ({ client, tokens: { unscoped } }) =>
      client.repeat(() => client.post({ query: slowDocument() }, unscoped)),
  },
  {
    id: 'S2g',
    title: 'new documents that are slow to validate, over WebSocket',
    connections: 20,
    run: ({ client, tokens: { unscoped } }) =>
      client.hold(() => {
        const socket = client.openAuthenticated(unscoped, () => {
          const payload = { query: slowDocument() };
          socket.send(JSON.stringify({ id: `${nextUnique()}`, type: 'subscribe', payload }));
        });
        return socket;
      }),
  },
  {
    id: 'S3',
    title: 'GET with malformed percent-escapes and 400 aliases',
    connections: 50,
    run: ({ client, tokens: { unscoped } }) =>
      client.repeat((_connection, turn) => {
        const unique = nextUnique();
        const aliases = repeat(ALIASES, (i) => `a${i}:__typename`);
        const query = encodeURIComponent(`query Q${unique}{${aliases}}`);
        const escape = MALFORMED_ESCAPES[turn % MALFORMED_ESCAPES.length];
        return client.send({
          method: 'GET',
          path: `/graphql?query=${query}%23${escape}`,
          headers: { authorization: `Bearer ${unscoped}`, 'apollo-require-preflight': '1' },
        });
      }),
  },
];

/** Sends one operation on a new WebSocket, and waits for the end of the operation or socket. */
async function subscribeOnce(client, token, payload) {
  const socket = client.openAuthenticated(token, (type) => {
    if (type !== 'connection_ack') client.discard(socket);
    else socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
  });
  await new Promise((resolve) => socket.once('close', resolve));
}

function repeat(count, text) {
  return Array.from({ length: count }, (_, index) => text(index)).join(' ');
}
