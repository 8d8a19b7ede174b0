import { Readable } from 'node:stream';
import type { FormattedExecutionResult } from 'graphql';

/** So that whatever is between here and the client does not take the connection for dead. */
const HEARTBEAT_INTERVAL_MS = 12_000;
const COMPLETE = 'event: complete\ndata:\n\n';

/**
 * Server-sent events as the GraphQL-over-SSE protocol has them, one connection for each operation. Reads no faster than the
 * client does, so that what a slow one has not read does not pile up here.
 */
export class SseStream extends Readable {
  readonly #results: AsyncIterator<FormattedExecutionResult>;
  readonly #beat: NodeJS.Timeout;
  #isReading = false;

  constructor(results: AsyncIterator<FormattedExecutionResult>) {
    super({ encoding: 'utf8' });
    this.#results = results;
    // Some browsers do not take a response for begun before something of its body is there.
    this.push(':\n\n');
    this.#beat = setInterval(() => {
      if (this.readableLength === 0) this.push(':\n\n');
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
      // Cut: without the word for its end, its client comes again.
      (error: unknown) => this.destroy(error as Error),
    );
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    clearInterval(this.#beat);
    void this.#results.return?.();
    callback(error);
  }
}
