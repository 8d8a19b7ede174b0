import { createHmac } from 'node:crypto';

import type { Place } from '../jobs/job-store.ts';
import { AwsError } from '../wire/aws-error.ts';

/** Where a listing goes on. */
export interface Continuation {
  /** The last row handed out; undefined in front of the first. */
  readonly after: Place | undefined;
  /** Empty pages served since the last row. */
  readonly emptyPages: number;
}

/**
 * Mints and reads nextTokens: opaque to clients, bound to the filter and order they were minted under, and to this emulator.
 * They name a place, so that arrivals between two pages neither repeat nor skip a row.
 */
export class TokenMint {
  readonly #key: string;
  readonly #clock: () => number;

  constructor(key: string, clock: () => number) {
    this.#key = key;
    this.#clock = clock;
  }

  mint(continuation: Continuation, listing: string): string {
    const { after, emptyPages } = continuation;
    const payload = JSON.stringify([
      this.#clock(),
      emptyPages,
      ...(after === undefined ? [] : [after.submitTime, after.invocationArn]),
    ]);
    return Buffer.from(this.#seal(payload, listing) + payload).toString('base64url');
  }

  read(token: string, listing: string, lifetimeMs: number): Continuation {
    const text = Buffer.from(token, 'base64url').toString();
    const payload = text.slice(SEAL_LENGTH);
    const genuine =
      text.startsWith(this.#seal(payload, listing)) &&
      Buffer.from(text).toString('base64url') === token;
    const [mintedAt, emptyPages, submitTime, invocationArn] = genuine ? parts(payload) : [];
    if (typeof mintedAt !== 'number' || typeof emptyPages !== 'number') {
      throw new AwsError(
        'ValidationException',
        'The provided nextToken is not valid for this request.',
      );
    }
    if (this.#clock() - mintedAt > lifetimeMs) {
      throw new AwsError('ValidationException', 'The provided nextToken has expired.');
    }
    const placed = typeof submitTime === 'number' && typeof invocationArn === 'string';
    return { after: placed ? { submitTime, invocationArn } : undefined, emptyPages };
  }

  #seal(payload: string, listing: string): string {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([payload, listing]))
      .digest('base64url')
      .slice(0, SEAL_LENGTH);
  }
}

const SEAL_LENGTH = 22;

function parts(payload: string): unknown[] {
  const value: unknown = JSON.parse(payload);
  return Array.isArray(value) ? value : [];
}
