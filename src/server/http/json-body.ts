import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import type { FairTurns } from '../../concurrency/fair-turns.ts';
import { HttpError } from '../errors/http-error.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The text of a JSON body. Undefined for a long body, and before the body was read. */
    bodyText: string | undefined;
  }
}

/** A longer body is parsed in turns between callers, and its text is not kept. */
const MAX_KEPT_BYTES = 16_384;

/** Parses bodies with Fastify's own JSON parser, after checking that they are valid UTF-8. */
export function parseJsonBodies(scope: FastifyInstance, turns: FairTurns): void {
  // The JSON scalar rejects keys that change constructors, and no code copies objects by keys.
  const parseJson = scope.getDefaultJsonParser('error', 'ignore');
  scope.decorateRequest('bodyText', undefined);
  scope.removeContentTypeParser('application/json');
  const options = { parseAs: 'buffer' } as const;
  scope.addContentTypeParser<Buffer>('application/json', options, (request, body, done) => {
    if (!isUtf8(body)) {
      done(new HttpError(400, 'The body is not valid UTF-8.'));
      return;
    }
    const text = body.toString('utf8');
    if (body.length <= MAX_KEPT_BYTES) {
      request.bodyText = text;
      void parseJson(request, text, done);
      return;
    }
    // Not the key of the document checks, so that no parsed bodies pile up before them.
    const key = `${request.record.caller?.identity ?? ''} body`;
    void turns.run(key, () => {
      void parseJson(request, text, done);
    });
  });
}
