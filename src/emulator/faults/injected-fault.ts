import type { RecordedRequest } from '../request-log.ts';
import type { OperationName } from '../wire/route.ts';

/** Selects the requests of a fault. A request gets the first injected fault that matches it. */
export interface FaultMatch {
  /** Default: every operation. */
  readonly operation?: OperationName;
  /** A further condition, such as one page of a listing. */
  readonly when?: (request: RecordedRequest) => boolean;
  /** Number of requests that get the fault. Default: all, until the fault is cleared. */
  readonly times?: number;
}

/**
 * The kinds of faults. The "real response" is the response without the fault, including its effect:
 * StartAsyncInvoke creates the job. "No effect" means that it does not.
 */
export type Fault =
  /** An AWS error. No effect. */
  | {
      readonly kind: 'error';
      readonly type: string;
      readonly status: number;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Any response, byte for byte. No effect. */
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body: string;
    }
  /** The real response, with its JSON changed in place or replaced by a function. */
  | { readonly kind: 'rewrite'; readonly rewrite: (json: ResponseJson) => unknown }
  /** The TCP connection is reset without a response. No effect. */
  | { readonly kind: 'reset' }
  /** The request takes effect, then the TCP connection is reset. */
  | { readonly kind: 'effect-then-reset' }
  /** The request never gets a response. No effect. */
  | { readonly kind: 'hang' }
  /** The real response after a delay of `ms`, plus or minus `jitterMs`. */
  | { readonly kind: 'latency'; readonly ms: number; readonly jitterMs?: number }
  /** The real response, one byte per interval. */
  | { readonly kind: 'drip'; readonly intervalMs: number }
  /** The real response, padded with trailing white space to a content-length of `bytes`. */
  | { readonly kind: 'large-body'; readonly bytes: number }
  /** Half of the real response, then GOAWAY. Over HTTP/1.1 the connection ends. */
  | { readonly kind: 'goaway' }
  /** Half of the real response, then RST_STREAM. Over HTTP/1.1 the connection ends. */
  | { readonly kind: 'rst-stream' };

export type InjectedFault = Fault & FaultMatch;

/** The JSON of a real response, which a `rewrite` fault may change. */
export interface ResponseJson {
  [member: string]: unknown;
  /** Only in responses of ListAsyncInvokes. */
  asyncInvokeSummaries?: Record<string, unknown>[];
}
