import type { IncomingHttpHeaders } from 'node:http';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { HttpError } from '../errors/http-error.ts';

/** Content types that a page of another site can send without asking first; `` is none at all. */
const WITHOUT_PREFLIGHT = new Set([
  '',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
]);

/**
 * What goes in and out: JSON in UTF-8, plain or compressed. Fastify's body limit counts what comes out of the
 * decompression, so a small body cannot become a large one.
 */
export function negotiateContent(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { accept } = request.headers;
    const refused = !acceptsJson(accept) && !acceptsOnlyEvents(accept);
    done(
      refused
        ? new HttpError(406, 'Accept `application/json`, or `text/event-stream`.')
        : undefined,
    );
  });
  app.addHook('preParsing', async (request, _reply, payload) => {
    if (request.method !== 'POST') return payload;
    checkContentType(request.headers);
    return decompress(payload, request.headers['content-encoding']);
  });
}

const ANSWERS = new Set([
  '*/*',
  'application/*',
  'application/json',
  'application/graphql-response+json',
]);

/** Asked before anything is executed, because Apollo Server asks when it has the answer. */
function acceptsJson(accept = ''): boolean {
  if (accept === '') return true;
  return accept
    .toLowerCase()
    .split(',')
    .map((range) => range.split(';').map((part) => part.trim()))
    .some(([type = '', ...parameters]) => ANSWERS.has(type) && !parameters.some(isZero));
}

/** As clients do that want a stream; whoever takes JSON as well gets an answer. */
export function acceptsOnlyEvents(accept = ''): boolean {
  return /^\s*text\/event-stream\s*(?:;|$)/i.test(accept) && !accept.includes(',');
}

function isZero(parameter: string): boolean {
  return /^q=0(?:\.0*)?$/.test(parameter);
}

function checkContentType({ 'content-type': contentType = '' }: IncomingHttpHeaders): void {
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  if (WITHOUT_PREFLIGHT.has(type.trim())) {
    throw new HttpError(400, 'Send the operation with `content-type: application/json`.');
  }
  if (type.trim() !== 'application/json') {
    throw new HttpError(415, 'Send the operation as `application/json`.');
  }
  const charset = parameters.map((parameter) => /^\s*charset="?([^"]*)"?\s*$/.exec(parameter)?.[1]);
  if (charset.some((name) => name !== undefined && name !== 'utf-8' && name !== 'utf8')) {
    throw new HttpError(415, 'Send the operation in UTF-8.');
  }
}

function decompress(payload: Readable, encoding = 'identity'): Readable {
  switch (encoding.toLowerCase()) {
    case 'identity':
      return payload;
    case 'gzip':
    case 'x-gzip':
      return piped(payload, createGunzip());
    case 'deflate':
      return piped(payload, createInflate());
    default:
      throw new HttpError(415, 'Send the body plain, or compressed with gzip or deflate.');
  }
}

/** Fastify compares `receivedEncodedLength` with the announced length. */
function piped(payload: Readable, decoder: Transform): Readable {
  let received = 0;
  payload.on('data', (chunk: Buffer) => (received += chunk.length));
  pipeline(payload, decoder, () => undefined);
  return Object.defineProperty(decoder, 'receivedEncodedLength', { get: () => received });
}
