import type { ServerResponse } from 'node:http';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { type Issuer, startIssuer } from '../harness/issuer.ts';
import { waitFor } from '../harness/wait-for.ts';

let issuer: Issuer;
let gateway: Gateway;

beforeEach(async () => {
  issuer = await startIssuer();
});
afterEach(async () => {
  await gateway.stop();
  await issuer.stop();
});

const start = async (variables = {}) => {
  gateway = await startGateway({ variables: { ...issuer.variables, ...variables } });
};
const ask = (token: string) =>
  gateway.query('{ __typename }', {}, { authorization: `Bearer ${token}` });
const isReady = async () => (await fetch(`${gateway.url}/readyz`)).ok;

interface LogLine {
  readonly msg: string;
  readonly statusCode?: number;
  readonly codes?: readonly string[];
  readonly reason?: string;
}
const readLog = () => gateway.logLines.map((line) => JSON.parse(line) as LogLine);

describe('readiness', () => {
  it.each<[string, (response: ServerResponse) => void]>([
    ['fails', (response) => response.writeHead(500).end()],
    ['disconnects', (response) => response.destroy()],
    ['sends HTML', (response) => response.end('<html>')],
    ['hangs', () => undefined],
  ])('LOW-06 1,000 checks cause few requests to an issuer that %s', async (_how, respond) => {
    issuer.respond = respond;
    await start();
    for (let batch = 0; batch < 10; batch += 1) {
      const ready = await Promise.all(Array.from({ length: 100 }, isReady));
      expect(ready).not.toContain(true);
    }
    expect(issuer.fetches()).toBeLessThanOrEqual(2);
  });

  it('LOW-06 checks and tokens share the pause after a failure', async () => {
    issuer.respond = (response) => response.writeHead(500).end();
    await start();
    for (let n = 0; n < 20; n += 1) {
      expect(await isReady()).toBe(false);
      expect((await ask(await issuer.sign({ jti: String(n) }))).status).toBe(503);
    }
    expect(issuer.fetches()).toBeLessThanOrEqual(2);
  });

  it('LOW-06 a token that loads the keys makes the gateway ready without another request', async () => {
    const { respond } = issuer;
    const waiting: ServerResponse[] = [];
    issuer.respond = (response) => waiting.push(response);
    await start();
    const answers = Promise.all([ask(await issuer.sign()), isReady()]);
    await waitFor(() => waiting.length > 0);
    issuer.respond = respond;
    for (const response of waiting) respond(response);
    const [answer, ready] = await answers;
    expect([answer.status, ready, await isReady()]).toEqual([200, true, true]);
    expect(issuer.fetches()).toBe(1);
  });
});

describe('the log of refused tokens', () => {
  it('LOW-06 has one line with the code for an invalid token', async () => {
    await start();
    expect(await isReady()).toBe(true);
    const before = gateway.logLines.length;
    const foreign = await issuer.sign({}, { foreignKey: true });
    const expired = await issuer.sign({ exp: 1 });
    for (const token of [foreign, expired, 'x', '', 'a.b.c', 'a'.repeat(9000)]) {
      expect((await ask(token)).status).toBe(401);
    }
    const lines = readLog().slice(before);
    expect(lines.map(({ msg, statusCode, codes }) => [msg, statusCode, codes?.[0]])).toEqual(
      Array.from({ length: 6 }, () => ['request', 401, 'UNAUTHENTICATED']),
    );
    for (const line of gateway.logLines.slice(before)) expect(line.length).toBeLessThan(400);
  });

  it('LOW-06 names the cause once while the issuer cannot be reached', async () => {
    issuer.respond = (response) => response.writeHead(500).end();
    await start();
    const tokens = await Promise.all(
      Array.from({ length: 30 }, (_, n) => issuer.sign({ jti: String(n) })),
    );
    const answers = await Promise.all(tokens.map(ask));
    expect(answers.map(({ status }) => status)).toEqual(tokens.map(() => 503));
    const causes = readLog().filter(({ msg }) => msg.includes('dependency unavailable'));
    expect(causes).toHaveLength(1);
    expect(causes[0]?.reason).toMatch(/JSON Web Key Set|200/);
    expect(gateway.logLines.join('')).not.toContain('"stack"');
    expect(Math.max(...gateway.logLines.map(({ length }) => length))).toBeLessThan(500);
    const refused = readLog().filter(({ statusCode }) => statusCode === 503);
    expect(refused.map(({ codes }) => codes)).toEqual(tokens.map(() => ['SERVICE_UNAVAILABLE']));
  });
});
