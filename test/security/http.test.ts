import { type Gateway, startGateway } from '../harness/gateway.ts';
import { jsonRequest } from '../harness/http.ts';

let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway({ variables: { RATE_LIMIT: 'off' } });
});
afterAll(() => gateway.stop());

type Headers = Readonly<Record<string, string>>;

const QUERY = { query: '{ __typename }' };
const send = (headers: Headers) => gateway.fetch(jsonRequest(QUERY, headers));

describe('long headers', () => {
  it.each([
    ['content-type', 256, 415, 'application/json; charset=utf-8'],
    ['content-encoding', 256, 415, 'identity'],
    ['accept', 1024, 406, 'application/json'],
    ['origin', 1024, 400, 'https://a.example'],
    ['x-request-timeout-ms', 256, 400, '1000'],
  ])('S13 refuses a header %s of more than %i characters', async (name, max, status, value) => {
    const long = await send({ [name]: value.padEnd(max + 1, 'x') });
    const { code } = long.errors[0]?.extensions ?? {};
    expect([long.status, code]).toEqual([status, 'BAD_REQUEST']);
    expect(long.errors[0]?.message).toContain(`\`${name}\` has more than ${max} characters`);
    expect((await send({ [name]: value })).status).toBe(200);
  });

  it('S13 accepts a content type of 256 characters', async () => {
    const type = 'application/json; charset=utf-8;';
    expect((await send({ 'content-type': `${type.padEnd(255)}x` })).status).toBe(200);
  });

  const spaces = (n: number) => ' '.repeat(n);
  it.each<[string, (n: number) => Headers]>([
    ['charset', (n) => ({ 'content-type': `application/json; charset=${spaces(n)}"x` })],
    ['quotes', (n) => ({ 'content-type': `application/json; charset="${spaces(n)}""` })],
    ['parameters', (n) => ({ 'content-type': `application/json;${' ;'.repeat(n / 2)}` })],
    ['accept', (n) => ({ accept: `text/event-stream${spaces(n)}x` })],
    ['ranges', (n) => ({ accept: `,${spaces(n)}q`.padEnd(n, ',;') })],
    ['authorization', (n) => ({ authorization: `Bearer ${spaces(n)}!` })],
    ['token', (n) => ({ authorization: `Bearer a${'='.repeat(n)}!` })],
    ['encoding', (n) => ({ 'content-encoding': `gzip${spaces(n)}x` })],
    ['cache control', (n) => ({ 'cache-control': `no-${'no-'.repeat(n / 3)}` })],
  ])('S13 takes linear time for a long header: %s', async (_name, headersOf) => {
    const timeOf = async (n: number) => {
      const times: number[] = [];
      for (let round = 0; round < 5; round += 1) {
        const start = performance.now();
        await send(headersOf(n));
        times.push(performance.now() - start);
      }
      return Math.min(...times);
    };
    await timeOf(3000);
    expect((await timeOf(12_000)) / (await timeOf(3000))).toBeLessThan(10);
  });
});
