import type { FastifyInstance } from 'fastify';
import { type DocumentNode, Kind, parse } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { LimitsConfig } from '../../config/config.ts';
import { findExceededLimits } from '../../graphql/limits/document-limits.ts';
import { HttpError } from '../errors/http-error.ts';
import { FAILED_REQUEST_COST, type RateLimiter, rateLimitHttpError } from './rate-limiter.ts';

const DOCUMENT_CACHE_SIZE = 1000;
const MAX_KNOWN_CHARACTERS = 4_194_304;

/**
 * Measures documents before they are validated, because validating one may take a time out of proportion to it; and turns
 * away callers who have nothing left of their minute before anything of theirs is read. Must come after authentication.
 */
export function enforceDocumentLimits(
  scope: FastifyInstance,
  limits: LimitsConfig,
  rateLimiter: RateLimiter,
): void {
  const known = new LRUCache<string, true>({
    max: DOCUMENT_CACHE_SIZE,
    maxSize: MAX_KNOWN_CHARACTERS,
    sizeCalculation: (_value, key) => Math.max(1, key.length),
  });
  scope.addHook('preHandler', async ({ body, query, record }, reply) => {
    const identity = record.caller?.identity ?? '';
    const retryAfterMs = await rateLimiter.retryAfterMs(identity);
    if (retryAfterMs !== undefined) throw rateLimitHttpError(retryAfterMs, limits.costPerMinute);
    reply.raw.once('close', () => {
      if (record.cost === undefined && !record.isStream)
        void rateLimiter.consume(identity, FAILED_REQUEST_COST);
    });
    const text = textOf(body) ?? textOf(query);
    if (text === undefined || known.has(text)) return;
    const [exceeded] = findExceededLimits(parsed(text, limits.documentTokens), limits);
    if (exceeded) {
      const { message, limit, max } = exceeded;
      const code = 'GRAPHQL_VALIDATION_FAILED';
      throw new HttpError(400, message, { code, extensions: { limit, max } });
    }
    known.set(text, true);
  });
}

function textOf(from: unknown): string | undefined {
  const text = (from as { readonly query?: unknown } | null | undefined)?.query;
  return typeof text === 'string' ? text : undefined;
}

/** What cannot be parsed has nothing to measure, and is refused by Apollo Server. */
function parsed(text: string, maxLexicalTokens: number): DocumentNode {
  try {
    return parse(text, { maxLexicalTokens, noLocation: true });
  } catch {
    return { kind: Kind.DOCUMENT, definitions: [] };
  }
}
