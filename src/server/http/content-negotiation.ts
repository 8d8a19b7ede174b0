import type { IncomingHttpHeaders } from 'node:http';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { HttpError } from '../errors/http-error.ts';

/** Content types that a page of another site can send without a preflight. `` is a missing one. */
const WITHOUT_PREFLIGHT = new Set([
  '',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
]);

/**
 * Accepts JSON in UTF-8, plain or compressed, and clients that accept JSON or event streams.
 * Fastify's body limit counts the decompressed bytes, so a small body cannot become a large one.
 */
export function negotiateContent(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { accept } = request.headers;
    const isAcceptable = acceptsJson(accept) || acceptsOnlyEvents(accept);
    done(
      isAcceptable
        ? undefined
        : new HttpError(406, 'Accept `application/json`, or `text/event-stream`.'),
    );
  });
  app.addHook('preParsing', async (request, _reply, payload) => {
    if (request.method !== 'POST') return payload;
    checkContentType(request.headers);
    return decompress(payload, request.headers['content-encoding']);
  });
}

const JSON_TYPE = 'application/json';
const GRAPHQL_TYPE = 'application/graphql-response+json';
const RESPONSE_TYPES = new Set(['*/*', 'application/*', JSON_TYPE, GRAPHQL_TYPE]);

/** Checked before execution, because Apollo Server checks it only once it has the response. */
function acceptsJson(accept = ''): boolean {
  if (accept === '') return true;
  return parseAccept(accept).some(({ type, q }) => RESPONSE_TYPES.has(type) && q > 0);
}

/**
 * Clients that want a stream accept nothing else. A client that also accepts JSON gets a single
 * response.
 */
export function acceptsOnlyEvents(accept = ''): boolean {
  return /^\s*text\/event-stream\s*(?:;|$)/i.test(accept) && !accept.includes(',');
}

/**
 * Returns the content type of a GraphQL response: plain JSON, unless the client prefers the other.
 */
export function responseContentType(accept = ''): string {
  const ranges = parseAccept(accept);
  const graphql = ranges.findIndex(({ type }) => type === GRAPHQL_TYPE);
  const json = ranges.findIndex(({ type }) => type === JSON_TYPE);
  const graphqlQ = ranges[graphql]?.q ?? 0;
  const jsonQ = ranges[json]?.q ?? 0;
  const isFirst = json < 0 || graphql < json;
  const prefersGraphql = graphqlQ > jsonQ || (graphqlQ > 0 && graphqlQ === jsonQ && isFirst);
  return `${prefersGraphql ? GRAPHQL_TYPE : JSON_TYPE}; charset=utf-8`;
}

interface MediaRange {
  readonly type: string;
  readonly q: number;
}

function parseAccept(accept: string): MediaRange[] {
  return accept
    .toLowerCase()
    .split(',')
    .map((range) => {
      const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
      const q = parameters.find((parameter) => parameter.startsWith('q='));
      return { type, q: q === undefined ? 1 : toQuality(q.slice('q='.length)) };
    });
}

/** An invalid quality counts as 1. */
function toQuality(text: string): number {
  return /^[01](?:\.\d*)?$/.test(text) ? Number(text) : 1;
}

function checkContentType({ 'content-type': contentType = '' }: IncomingHttpHeaders): void {
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  if (WITHOUT_PREFLIGHT.has(type.trim())) {
    throw new HttpError(400, 'Send the operation with `content-type: application/json`.');
  }
  if (type.trim() !== JSON_TYPE) {
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
      throw new HttpError(415, 'Send the body uncompressed, or compressed with gzip or deflate.');
  }
}

/** Fastify compares `receivedEncodedLength` with the `content-length` header. */
function piped(payload: Readable, decoder: Transform): Readable {
  let received = 0;
  payload.on('data', (chunk: Buffer) => (received += chunk.length));
  pipeline(payload, decoder, () => undefined);
  return Object.defineProperty(decoder, 'receivedEncodedLength', { get: () => received });
}
