import type { RecordedRequest } from '../recording.ts';
import type { OperationName } from '../wire/route.ts';

/** Which requests a fault befalls. The first fault injected that matches a request is the one it gets. */
export interface FaultMatch {
  /** Default: any. */
  readonly operation?: OperationName;
  /** A finer choice, such as one page of a listing. */
  readonly when?: (request: RecordedRequest) => boolean;
  /** How many requests it befalls; default: until it is cleared. */
  readonly times?: number;
}

/** What goes wrong. "Genuine" is the answer the emulator would have given, with its effect (Start creates the job). */
export type Fault =
  /** An AWS error in its own shape. No effect. */
  | {
      readonly kind: 'error';
      readonly type: string;
      readonly status: number;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Any answer, byte for byte. No effect. */
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body: string;
    }
  /** The genuine answer with its JSON passed through a function, which may change it in place or return another. */
  | { readonly kind: 'rewrite'; readonly rewrite: (json: AnswerJson) => unknown }
  /** The TCP connection is reset before an answer. No effect. */
  | { readonly kind: 'reset' }
  /** The genuine effect, then the TCP connection is reset. */
  | { readonly kind: 'effect-then-reset' }
  /** Accepted, never answered. No effect. */
  | { readonly kind: 'hang' }
  /** The genuine answer after a delay of `ms`, give or take `jitterMs`. */
  | { readonly kind: 'latency'; readonly ms: number; readonly jitterMs?: number }
  /** The genuine answer, one byte per interval. */
  | { readonly kind: 'drip'; readonly intervalMs: number }
  /** The genuine answer with content-length, blown up to so many bytes with white space behind its JSON. */
  | { readonly kind: 'large-body'; readonly bytes: number }
  /** Half the genuine answer, then GOAWAY and the end of the session. Over HTTP/1.1 the connection just ends. */
  | { readonly kind: 'goaway' }
  /** Half the genuine answer, then RST_STREAM. Over HTTP/1.1 the connection just ends. */
  | { readonly kind: 'rst-stream' };

export type InjectedFault = Fault & FaultMatch;

/** A genuine answer's JSON, open to change. */
export interface AnswerJson {
  [member: string]: unknown;
  /** Only in an answer of ListAsyncInvokes. */
  asyncInvokeSummaries?: Record<string, unknown>[];
}
