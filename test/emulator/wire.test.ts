import { connect } from 'node:http2';
import { connect as connectTcp } from 'node:net';

import type { Emulator } from '../../src/emulator/emulator.ts';
import { AUTHORIZATION, call, get, startEmulator } from './emulator-harness.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function signed(scope: string): string {
  return `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope}, SignedHeaders=host, Signature=00`;
}

describe('a caller', () => {
  it.each([
    ['SigV4', AUTHORIZATION],
    ['SigV4 without spaces', AUTHORIZATION.replaceAll(', ', ',')],
    ['a Bedrock API key', 'Bearer bedrock-api-key-Zm9v'],
  ])('is let in with %s', async (_how, authorization) => {
    const emulator = await startEmulator();
    expect(await call(emulator, '/async-invoke', { headers: { authorization } })).toMatchObject({
      status: 200,
    });
  });

  it.each([
    ['nothing', '', 'MissingAuthenticationTokenException', 'Missing Authentication Token'],
    ['Basic', 'Basic Zm9vOmJhcg==', 'IncompleteSignatureException', 'Unsupported'],
    ['an empty bearer', 'Bearer', 'IncompleteSignatureException', 'Unsupported'],
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
      'another end',
      signed('20260301/us-east-1/bedrock/aws3_request'),
      'InvalidSignatureException',
      "terminator: 'aws4_request'",
    ],
  ])('is refused with %s', async (_how, authorization, type, text) => {
    const emulator = await startEmulator();
    const reply = await call(emulator, '/async-invoke', { headers: { authorization } });
    expect(reply).toMatchObject({ status: 403, type });
    expect(reply.message).toContain(text);
  });

  it('is asked for its identity before its input is looked at', async () => {
    const emulator = await startEmulator();
    const reply = await call(emulator, '/async-invoke?maxResults=0', {
      headers: { authorization: '' },
    });
    expect(reply.type).toBe('MissingAuthenticationTokenException');
  });
});

describe('a route', () => {
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
  ])('%s %s names no operation', async (method, target) => {
    const emulator = await startEmulator();
    expect(await call(emulator, target, { method })).toMatchObject({
      status: 404,
      type: 'UnknownOperationException',
    });
  });
});

describe('an answer', () => {
  it.each([
    ['a page', '/async-invoke', 200],
    ['a refusal', '/async-invoke?maxResults=0', 400],
    ['an unknown operation', '/nowhere', 404],
  ])('carries the headers of AWS: %s', async (_what, target, status) => {
    const emulator = await startEmulator();
    const { headers, ...reply } = await call(emulator, target);
    expect(reply.status).toBe(status);
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('x-amzn-requestid')).toMatch(UUID);
    expect(headers.get('x-amzn-requestid')).toBe(emulator.requests.at(-1)?.requestId);
  });

  it('is dated by the wall clock, by which SDKs correct the skew of their own', async () => {
    const emulator = await startEmulator({ clock: () => 0 });
    const { headers } = await call(emulator, '/async-invoke');
    const skew = Date.now() - Date.parse(headers.get('date') ?? '');
    expect(Math.abs(skew)).toBeLessThan(60_000);
  });

  it('names an error with the tail AWS appends, when asked to', async () => {
    const emulator = await startEmulator({ knobs: { errorTypeSuffix: true } });
    const { headers, type } = await get(emulator, 'x');
    expect(type).toBe('ValidationException');
    expect(headers.get('x-amzn-errortype')).toBe(
      'ValidationException:http://internal.amazon.com/coral/com.amazon.bedrock/',
    );
  });

  it('is a throttling one as often as its knob says', async () => {
    const emulator = await startEmulator({ knobs: { throttleRate: 0.5 } });
    const replies = await Promise.all(
      Array.from({ length: 60 }, () => call(emulator, '/async-invoke')),
    );
    const throttled = replies.filter(({ status }) => status === 429);
    expect(throttled.length).toBeGreaterThan(10);
    expect(throttled.length).toBeLessThan(50);
    expect(throttled[0]?.type).toBe('ThrottlingException');
    emulator.setKnobs({ throttleRate: 1 });
    expect(await call(emulator, '/async-invoke')).toMatchObject({ status: 429 });
  });
});

/** The JSON of a listing over HTTP/2 with prior knowledge. */
async function listOverHttp2(emulator: Emulator): Promise<unknown> {
  const session = connect(emulator.url);
  try {
    const stream = session.request({ ':path': '/async-invoke', authorization: AUTHORIZATION });
    let body = '';
    for await (const chunk of stream.setEncoding('utf8')) body += String(chunk);
    return JSON.parse(body);
  } finally {
    session.destroy();
  }
}

describe('one port', () => {
  it('speaks HTTP/1.1 and HTTP/2 to clients of either', async () => {
    const emulator = await startEmulator({ jobs: 3 });
    const [over1, over2] = await Promise.all([
      call(emulator, '/async-invoke'),
      listOverHttp2(emulator),
    ]);
    expect(over2).toEqual(over1.json);
    expect(emulator.requests.map(({ httpVersion }) => httpVersion).sort()).toEqual(['1.1', '2.0']);
  });

  it.each([
    ['whole', ['GET /nowhere HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n']],
    [
      'after a P that could begin either',
      ['P', 'UT /nowhere HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
    ],
  ])('recognises HTTP/1.1 whose first bytes come %s', async (_how, parts) => {
    const emulator = await startEmulator();
    const socket = connectTcp(Number(new URL(emulator.url).port), '127.0.0.1');
    for (const part of parts) {
      await new Promise<void>((written) =>
        socket.write(part, () => {
          written();
        }),
      );
    }
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
  });

  it('answers bytes that are no HTTP with 400, and goes on', async () => {
    const emulator = await startEmulator();
    const socket = connectTcp(Number(new URL(emulator.url).port), '127.0.0.1');
    socket.write('hello\r\n\r\n');
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(await call(emulator, '/async-invoke')).toMatchObject({ status: 200 });
  });
});
