import { type Gateway, startGateway } from '../harness/gateway.ts';
import { codesOf } from '../harness/graphql-client.ts';
import { type Issuer, startIssuer } from '../harness/issuer.ts';

let issuer: Issuer;
let gateway: Gateway;

beforeAll(async () => {
  issuer = await startIssuer();
  gateway = await startGateway({ variables: { ...issuer.variables, RATE_LIMIT: 'off' } });
});
afterAll(async () => {
  await gateway.stop();
  await issuer.stop();
});

/** Asks with a token whose claims may have types that a token must not have. */
async function ask(claims: Readonly<Record<string, unknown>>) {
  const authorization = `Bearer ${await issuer.sign(claims)}`;
  return gateway.query('{ asyncInvokes(first: 1) { nodes { id } } }', {}, { authorization });
}

it.each<[string, unknown]>([
  ['an empty text', ''],
  ['spaces', '   '],
  ['a line feed', '\n'],
  ['a zero-width space', '\u200b'],
  ['bidirectional controls', '\u202e\u2066'],
  ['a lone surrogate', 'a\ud800'],
  ['257 characters', 'a'.repeat(257)],
  ['an object', { id: 'ada' }],
  ['an array', ['ada']],
  ['an empty array', []],
  ['a number', 7],
  ['zero', 0],
  ['true', true],
  ['false', false],
  ['null', null],
  ['nothing', undefined],
])('LOW-08 a token whose subject is %s is refused', async (_what, sub) => {
  const response = await ask({ sub });
  expect([response.status, codesOf(response)]).toEqual([401, ['UNAUTHENTICATED']]);
});

it.each(['a', '0', 'ada@example.com', ' ada ', 'Åda', '文', 'a'.repeat(256)])(
  'LOW-08 a token with the subject %j is accepted',
  async (sub) => {
    expect(await ask({ sub })).toMatchObject({ status: 200, errors: [] });
  },
);

it.each<[unknown]>([
  [['async-invokes:read']],
  [{ 'async-invokes:read': true }],
  [{ 0: 'async-invokes:read' }],
  [7],
  [true],
  [null],
  [''],
  ['async-invokes:read2'],
  ['async-invokes:read,other'],
])('LOW-08 the scope %j grants no rights', async (scope) => {
  gateway.emulator.clearRequests();
  const response = await ask({ scope });
  expect([response.status, codesOf(response)]).toEqual([200, ['FORBIDDEN']]);
  expect(gateway.emulator.requests).toEqual([]);
  expect(response.text).not.toContain('"nodes"');
});
