import { Readable } from 'node:stream';
import type { FormattedExecutionResult } from 'graphql';

/** Comments keep proxies from closing an idle connection. */
const HEARTBEAT_INTERVAL_MS = 12_000;
const COMMENT = ':\n\n';
const COMPLETE = 'event: complete\ndata:\n\n';

/**
 * The events of one operation, in the format of the GraphQL-over-SSE protocol. Reads results no
 * faster than the client reads events, so that nothing accumulates for a slow client.
 */
export class SseStream extends Readable {
  readonly #results: AsyncIterator<FormattedExecutionResult>;
  readonly #heartbeat: NodeJS.Timeout;
  #isReading = false;

  constructor(results: AsyncIterator<FormattedExecutionResult>) {
    super({ encoding: 'utf8' });
    this.#results = results;
    // Some browsers report a response as started only after its first byte.
    this.push(COMMENT);
    this.#heartbeat = setInterval(() => {
      if (this.readableLength === 0) this.push(COMMENT);
    }, HEARTBEAT_INTERVAL_MS);
  }

  override _read(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    void this.#results.next().then(
      ({ done, value }) => {
        this.#isReading = false;
        if (this.destroyed) return;
        if (done) {
          this.push(COMPLETE);
          this.push(null);
        } else this.push(`event: next\ndata: ${JSON.stringify(value)}\n\n`);
      },
      // The subscription was aborted. Without `complete`, the client reconnects.
      (error: unknown) => this.destroy(error as Error),
    );
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    clearInterval(this.#heartbeat);
    void this.#results.return?.();
    callback(error);
  }
}
