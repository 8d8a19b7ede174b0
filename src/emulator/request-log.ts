import type { IncomingHttpHeaders } from 'node:http';

import type { RequestOutcome } from './wire/request.ts';
import type { OperationName } from './wire/route.ts';

/** One request and its outcome. The entry fills up while the request is handled. */
export interface RecordedRequest {
  readonly operation: OperationName | 'UnknownOperation';
  readonly method: string;
  /** The path as sent, without the query. */
  readonly path: string;
  /** The last value of each query parameter. */
  readonly query: Readonly<Record<string, string>>;
  /** Header names in lower case. HTTP/2 requests include their pseudo-headers. */
  readonly headers: Readonly<IncomingHttpHeaders>;
  readonly httpVersion: '1.1' | '2.0';
  /** The x-amzn-requestid of the response. */
  readonly requestId: string;
  /** Time of arrival, by the emulator's clock. */
  readonly time: number;
  readonly body: string;
  /** Status of the response. Undefined until the response starts. */
  readonly status: number | undefined;
  /** Whether the client disconnected before the response was complete. */
  readonly aborted: boolean;
  readonly abortedAt: number | undefined;
}

export interface RequestCounts {
  readonly received: number;
  /** Requests whose response was sent to its last byte. */
  readonly completed: number;
  /** Requests whose client disconnected before the response was complete. */
  readonly aborted: number;
  readonly inFlight: number;
  /** The highest value of `inFlight` so far. */
  readonly peakInFlight: number;
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };
export type RequestLogEntry = Writable<RecordedRequest>;

const MAX_REQUESTS = 20_000;
const ZERO = { received: 0, completed: 0, aborted: 0, inFlight: 0, peakInFlight: 0 };

/**
 * The latest requests, oldest first, with counts. Bounded, because an emulator may run for weeks.
 */
export class RequestLog {
  readonly requests: RecordedRequest[] = [];
  #counts: Writable<RequestCounts> = { ...ZERO };

  get counts(): RequestCounts {
    return { ...this.#counts };
  }

  start(entry: RequestLogEntry): void {
    this.requests.push(entry);
    if (this.requests.length > MAX_REQUESTS) this.requests.shift();
    this.#counts.received++;
    this.#counts.inFlight++;
    this.#counts.peakInFlight = Math.max(this.#counts.peakInFlight, this.#counts.inFlight);
  }

  finish(entry: RequestLogEntry, outcome: RequestOutcome, now: number): void {
    this.#counts.inFlight--;
    if (outcome === 'completed') this.#counts.completed++;
    if (outcome === 'client-disconnected') {
      this.#counts.aborted++;
      entry.aborted = true;
      entry.abortedAt = now;
    }
  }

  /** Removes all requests and resets the counts. Requests in flight stay counted as in flight. */
  clear(): void {
    const { inFlight } = this.#counts;
    this.requests.length = 0;
    this.#counts = { ...ZERO, inFlight, peakInFlight: inFlight };
  }
}
