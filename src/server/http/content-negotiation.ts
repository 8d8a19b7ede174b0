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

/** The longest values that are parsed, and the status for longer ones. */
const MAX_LENGTHS: readonly HeaderLimit[] = [
  { name: 'content-type', max: 256, status: 415 },
  { name: 'content-encoding', max: 256, status: 415 },
  { name: 'accept', max: 1024, status: 406 },
  { name: 'origin', max: 1024, status: 400 },
  { name: 'x-request-timeout-ms', max: 256, status: 400 },
];

interface HeaderLimit {
  readonly name: string;
  readonly max: number;
  readonly status: number;
}

/**
 * Accepts JSON in UTF-8, plain or compressed, and clients that accept JSON or event streams.
 * Fastify's body limit counts the decompressed bytes, so a small body cannot become a large one.
 */
export function negotiateContent(app: FastifyInstance): void {
  app.addHook('onRequest', ({ headers }, _reply, done) => {
    done(checkLengths(headers) ?? checkAccept(headers));
  });
  app.addHook('preParsing', async (request, _reply, payload) => {
    if (request.method !== 'POST') return payload;
    checkContentType(request.headers);
    return decompress(payload, request.headers['content-encoding']);
  });
}

function checkLengths(headers: IncomingHttpHeaders): HttpError | undefined {
  const tooLong = MAX_LENGTHS.find(({ name, max }) => (headers[name]?.length ?? 0) > max);
  if (!tooLong) return undefined;
  const { name, max, status } = tooLong;
  return new HttpError(status, `The header \`${name}\` has more than ${max} characters.`);
}

function checkAccept({ accept }: IncomingHttpHeaders): HttpError | undefined {
  if (acceptsJson(accept) || acceptsOnlyEvents(accept)) return undefined;
  return new HttpError(406, 'Accept `application/json`, or `text/event-stream`.');
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
  const [type = ''] = accept.split(';', 1);
  return type.trim().toLowerCase() === 'text/event-stream' && !accept.includes(',');
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
  const charsets = parameters
    .map((parameter) => parameter.trim())
    .filter((parameter) => parameter.startsWith('charset='))
    .map((parameter) => parameter.slice('charset='.length).replaceAll('"', ''));
  if (charsets.some((name) => name !== 'utf-8' && name !== 'utf8')) {
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
