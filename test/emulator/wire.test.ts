import { connect } from 'node:http2';

import {
  AUTHORIZATION,
  call,
  destroyEmulators,
  get,
  listOverHttp2,
  sendRaw,
  startEmulator,
} from './emulator-harness.ts';

afterEach(destroyEmulators);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function signed(scope: string): string {
  return `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope}, SignedHeaders=host, Signature=00`;
}

describe('authentication', () => {
  it.each([
    ['SigV4', AUTHORIZATION],
    ['SigV4 without spaces', AUTHORIZATION.replaceAll(', ', ',')],
    ['a Bedrock API key', 'Bearer bedrock-api-key-Zm9v'],
  ])('accepts a request with %s', async (_how, authorization) => {
    const emulator = await startEmulator();
    expect(await call(emulator, '/async-invoke', { headers: { authorization } })).toMatchObject({
      status: 200,
    });
  });

  it.each([
    ['no header', '', 'MissingAuthenticationTokenException', 'Missing Authentication Token'],
    ['the scheme Basic', 'Basic Zm9vOmJhcg==', 'IncompleteSignatureException', 'Unsupported'],
    ['an empty bearer token', 'Bearer', 'IncompleteSignatureException', 'Unsupported'],
    [
      'no signature',
      'AWS4-HMAC-SHA256 Credential=a/20260301/us-east-1/bedrock/aws4_request, SignedHeaders=host',
      'IncompleteSignatureException',
      "requires 'Signature' parameter",
    ],
    [
      'a short scope',
      signed('20260301/us-east-1/bedrock'),
      'IncompleteSignatureException',
      '5 slash-delimited',
    ],
    [
      'no date',
      signed('today/us-east-1/bedrock/aws4_request'),
      'IncompleteSignatureException',
      '5 slash-delimited',
    ],
    [
      'another region',
      signed('20260301/eu-west-1/bedrock/aws4_request'),
      'InvalidSignatureException',
      'scoped to a valid region.',
    ],
    [
      'another service',
      signed('20260301/us-east-1/s3/aws4_request'),
      'InvalidSignatureException',
      "correct service: 'bedrock'.",
    ],
    [
      'another terminator',
      signed('20260301/us-east-1/bedrock/aws3_request'),
      'InvalidSignatureException',
      "terminator: 'aws4_request'",
    ],
  ])('rejects a request with %s', async (_how, authorization, type, text) => {
    const emulator = await startEmulator();
    const response = await call(emulator, '/async-invoke', { headers: { authorization } });
    expect(response).toMatchObject({ status: 403, type });
    expect(response.message).toContain(text);
  });

  it('checks authentication before the input', async () => {
    const emulator = await startEmulator();
    const { type } = await call(emulator, '/async-invoke?maxResults=0', {
      headers: { authorization: '' },
    });
    expect(type).toBe('MissingAuthenticationTokenException');
  });
});

describe('routing', () => {
  it.each([
    ['GET', '/'],
    ['GET', '/async-invoke/'],
    ['GET', '/async-invokes'],
    ['GET', '/ASYNC-INVOKE'],
    ['GET', '/async-invoke/arn:aws:bedrock:us-east-1:111122223333:async-invoke/abcdefghij01'],
    ['POST', '/async-invoke/x'],
    ['DELETE', '/async-invoke'],
    ['PUT', '/async-invoke'],
    ['POST', '/model/amazon.nova-reel-v1%3A1/invoke'],
  ])('finds no operation for %s %s', async (method, target) => {
    const emulator = await startEmulator();
    expect(await call(emulator, target, { method })).toMatchObject({
      status: 404,
      type: 'UnknownOperationException',
    });
  });
});

describe('response', () => {
  it.each([
    ['a page', '/async-invoke', 200],
    ['a rejected request', '/async-invoke?maxResults=0', 400],
    ['an unknown operation', '/nowhere', 404],
  ])('sends the headers of AWS with %s', async (_what, target, status) => {
    const emulator = await startEmulator();
    const { headers, ...response } = await call(emulator, target);
    expect(response.status).toBe(status);
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('x-amzn-requestid')).toMatch(UUID);
    expect(headers.get('x-amzn-requestid')).toBe(emulator.requests.at(-1)?.requestId);
  });

  it('dates responses by the wall clock, which SDKs use to correct clock skew', async () => {
    const emulator = await startEmulator({ clock: () => 0 });
    const { headers } = await call(emulator, '/async-invoke');
    const skew = Date.now() - Date.parse(headers.get('date') ?? '');
    expect(Math.abs(skew)).toBeLessThan(60_000);
  });

  it('adds the suffix of AWS to error types when errorTypeSuffix is true', async () => {
    const emulator = await startEmulator({ knobs: { errorTypeSuffix: true } });
    const { headers, type } = await get(emulator, 'x');
    expect(type).toBe('ValidationException');
    expect(headers.get('x-amzn-errortype')).toBe(
      'ValidationException:http://internal.amazon.com/coral/com.amazon.bedrock/',
    );
  });

  it('throttles requests at the rate of throttleRate', async () => {
    const emulator = await startEmulator({ knobs: { throttleRate: 0.5 } });
    const responses = await Promise.all(
      Array.from({ length: 60 }, () => call(emulator, '/async-invoke')),
    );
    const throttled = responses.filter(({ status }) => status === 429);
    expect(throttled.length).toBeGreaterThan(10);
    expect(throttled.length).toBeLessThan(50);
    expect(throttled[0]?.type).toBe('ThrottlingException');
    emulator.setKnobs({ throttleRate: 1 });
    expect(await call(emulator, '/async-invoke')).toMatchObject({ status: 429 });
  });
});

describe('port', () => {
  it('serves HTTP/1.1 and HTTP/2 on one port', async () => {
    const emulator = await startEmulator({ jobs: 3 });
    const [over1, over2] = await Promise.all([
      call(emulator, '/async-invoke'),
      listOverHttp2(connect(emulator.url)),
    ]);
    expect(JSON.parse(over2.body)).toEqual(over1.json);
    expect(emulator.requests.map(({ httpVersion }) => httpVersion).sort()).toEqual(['1.1', '2.0']);
  });

  it.each([
    ['at once', ['GET /nowhere HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n']],
    [
      'after a P that both protocols can begin with',
      ['P', 'UT /nowhere HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
    ],
  ])('detects HTTP/1.1 when its first bytes come %s', async (_how, parts) => {
    const emulator = await startEmulator();
    expect(await sendRaw(emulator, ...parts)).toMatch(/^HTTP\/1\.1 404 /);
  });

  it('responds 400 to bytes that are not HTTP, and keeps serving', async () => {
    const emulator = await startEmulator();
    expect(await sendRaw(emulator, 'hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await call(emulator, '/async-invoke')).toMatchObject({ status: 200 });
  });
});
