import type { FairTurns } from '../../concurrency/fair-turns.ts';
import type { RateLimiter } from '../limits/rate-limiter.ts';
import type { DocumentCheck, DocumentPipeline, PreparedOperation } from './document-pipeline.ts';
import type { GraphqlParams } from './params.ts';
import { graphqlRefusal, RequestRefusedError } from './refusal.ts';
import type { Transport } from './select-operation.ts';

export interface DocumentQueueOptions {
  readonly pipeline: DocumentPipeline;
  readonly turns: FairTurns;
  readonly rateLimiter: RateLimiter;
}

export interface QueuedRequest {
  readonly params: GraphqlParams;
  readonly transport: Transport;
  readonly identity: string;
  /** Whether the variables may be so many that converting them keeps the CPU busy. */
  readonly isLarge?: boolean;
}

/** Further operations of the same caller are refused. */
const MAX_WAITING = 100;
const RETRY_AFTER_MS = 1000;
/** Checking a document that costs 1 takes about 0.05 ms. */
const TOKENS_PER_COST = 20;
const COMPARISONS_PER_COST = 400;

/** Checks new documents and large variables in turns between callers, and charges for checks. */
export class DocumentQueue {
  readonly #options: DocumentQueueOptions;

  constructor(options: DocumentQueueOptions) {
    this.#options = options;
  }

  /** @throws {RequestRefusedError} */
  async prepare(request: QueuedRequest): Promise<PreparedOperation> {
    const { pipeline, turns, rateLimiter } = this.#options;
    const { params, transport, identity, isLarge = false } = request;
    if (pipeline.isKnown(params) && !isLarge) {
      return pipeline.prepare(params, transport, { identity });
    }
    if (turns.waitingOf(identity) >= MAX_WAITING) throw tooManyWaiting();
    const onChecked = (check: DocumentCheck) => {
      if (check.isNew) void rateLimiter.consume(identity, costOf(check));
    };
    return turns.run(identity, () => pipeline.prepare(params, transport, { identity, onChecked }));
  }
}

function costOf({ tokens, comparisons }: DocumentCheck): number {
  return Math.floor(tokens / TOKENS_PER_COST) + Math.floor(comparisons / COMPARISONS_PER_COST);
}

function tooManyWaiting(): RequestRefusedError {
  const message = 'Too many of your documents wait for their checks. Send fewer new documents.';
  const extensions = { code: 'RATE_LIMITED', retryable: true, retryAfterMs: RETRY_AFTER_MS };
  return new RequestRefusedError([graphqlRefusal(429, message, extensions)]);
}
