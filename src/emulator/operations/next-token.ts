import { createHmac } from 'node:crypto';

import type { SortKey } from '../jobs/job-store.ts';
import { AwsError } from '../wire/aws-error.ts';

/** The position at which a listing continues. */
export interface PagePosition {
  /** The sort key of the last row returned. Undefined before the first row. */
  readonly after: SortKey | undefined;
  /** Number of empty pages returned since that row. */
  readonly emptyPages: number;
}

/**
 * Encodes and decodes nextTokens. A token is opaque to clients, and valid only for the emulator,
 * the filter and the order that it was created for. It holds a sort key instead of an offset, so
 * that jobs that arrive between two pages neither repeat nor skip a row.
 */
export class NextTokenCodec {
  readonly #key: string;
  readonly #clock: () => number;

  constructor(key: string, clock: () => number) {
    this.#key = key;
    this.#clock = clock;
  }

  encode({ after, emptyPages }: PagePosition, listing: string): string {
    const payload = JSON.stringify([
      this.#clock(),
      emptyPages,
      ...(after === undefined ? [] : [after.submitTime, after.invocationArn]),
    ]);
    return Buffer.from(this.#signature(payload, listing) + payload).toString('base64url');
  }

  decode(token: string, listing: string, lifetimeMs: number): PagePosition {
    const text = Buffer.from(token, 'base64url').toString();
    const payload = text.slice(SIGNATURE_LENGTH);
    const isValid =
      text.startsWith(this.#signature(payload, listing)) &&
      Buffer.from(text).toString('base64url') === token;
    const [createdAt, emptyPages, submitTime, invocationArn] = isValid ? parseArray(payload) : [];
    if (typeof createdAt !== 'number' || typeof emptyPages !== 'number') {
      throw new AwsError(
        'ValidationException',
        'The provided nextToken is not valid for this request.',
      );
    }
    if (this.#clock() - createdAt > lifetimeMs) {
      throw new AwsError('ValidationException', 'The provided nextToken has expired.');
    }
    const hasKey = typeof submitTime === 'number' && typeof invocationArn === 'string';
    return { after: hasKey ? { submitTime, invocationArn } : undefined, emptyPages };
  }

  #signature(payload: string, listing: string): string {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([payload, listing]))
      .digest('base64url')
      .slice(0, SIGNATURE_LENGTH);
  }
}

const SIGNATURE_LENGTH = 22;

function parseArray(payload: string): unknown[] {
  const value: unknown = JSON.parse(payload);
  return Array.isArray(value) ? value : [];
}
