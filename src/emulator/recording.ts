import type { IncomingHttpHeaders } from 'node:http';

import type { OperationName } from './wire/route.ts';

/** What the emulator saw of one request. It fills in while the request is being answered. */
export interface RecordedRequest {
  readonly operation: OperationName | 'UnknownOperation';
  readonly method: string;
  /** The path as sent, without the query. */
  readonly path: string;
  /** The last value of each query parameter. */
  readonly query: Readonly<Record<string, string>>;
  /** Lower-case names; over HTTP/2 with its pseudo headers. */
  readonly headers: Readonly<IncomingHttpHeaders>;
  readonly httpVersion: '1.1' | '2.0';
  /** The x-amzn-requestid of the answer. */
  readonly requestId: string;
  /** When it came in, by the emulator's clock. */
  readonly time: number;
  readonly body: string;
  /** Status of the answer; undefined until one is sent. */
  readonly status: number | undefined;
  /** Whether the peer went away before the answer was complete. */
  readonly aborted: boolean;
  readonly abortedAt: number | undefined;
}

export interface RequestCounts {
  readonly received: number;
  /** Answered to the last byte. */
  readonly answered: number;
  /** Given up by the peer. */
  readonly aborted: number;
  readonly inFlight: number;
  /** The most that were in flight at one time. */
  readonly peakInFlight: number;
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };
export type RequestEntry = Writable<RecordedRequest>;

const KEPT = 20_000;
const ZERO = { received: 0, answered: 0, aborted: 0, inFlight: 0, peakInFlight: 0 };

/** The requests of late, oldest first, and their counts. Bounded, because an emulator may run for weeks. */
export class Recording {
  readonly requests: RecordedRequest[] = [];
  #counts: Writable<RequestCounts> = { ...ZERO };

  get counts(): RequestCounts {
    return { ...this.#counts };
  }

  open(entry: RequestEntry): void {
    this.requests.push(entry);
    if (this.requests.length > KEPT) this.requests.shift();
    this.#counts.received++;
    this.#counts.inFlight++;
    this.#counts.peakInFlight = Math.max(this.#counts.peakInFlight, this.#counts.inFlight);
  }

  /** `ending` is `cut` where the emulator itself broke off, as a fault asked it to. */
  close(entry: RequestEntry, ending: 'answered' | 'aborted' | 'cut', now: number): void {
    this.#counts.inFlight--;
    if (ending === 'answered') this.#counts.answered++;
    if (ending === 'aborted') {
      this.#counts.aborted++;
      entry.aborted = true;
      entry.abortedAt = now;
    }
  }

  /** Forgets what is over; requests in flight stay counted as such. */
  clear(): void {
    const { inFlight } = this.#counts;
    this.requests.length = 0;
    this.#counts = { ...ZERO, inFlight, peakInFlight: inFlight };
  }
}
