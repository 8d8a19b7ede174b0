import { untilAborted } from '../concurrency/abortable.ts';
import type { CallContext, UpstreamCall } from '../invocations/source.ts';
import { UpstreamError } from '../invocations/upstream-error.ts';
import { attachContext, type SdkCallContext } from './sdk/call-context.ts';
import { type JsonObject, rawJsonOf } from './sdk/raw-json-protocol.ts';
import { toUpstreamError } from './to-upstream-error.ts';

export interface SdkOperation<Result> {
  readonly name: UpstreamCall['operation'];
  readonly region: string;
  readonly input: object;
  /** Sends the SDK command with this input. */
  readonly send: () => Promise<object>;
  /** Returns what the call changed, for the log. */
  readonly describeEffect?: (result: Result) => Pick<UpstreamCall, 'startedArn'>;
}

/**
 * Makes one SDK call, bounded by the signal of the request, and parses its response. Reports the
 * outcome to `onUpstreamCall`.
 *
 * @throws {UpstreamError}
 */
export async function callSdk<Result>(
  { name, region, input, send, describeEffect }: SdkOperation<Result>,
  call: CallContext,
  parse: (json: JsonObject) => Result,
): Promise<Result> {
  const { caller, signal } = call;
  signal.throwIfAborted();
  const start = performance.now();
  const context: SdkCallContext = { caller, signal, attempts: 0, throttled: 0 };
  const report = (outcome: UpstreamCall['outcome'], response: unknown, result?: Result) => {
    const { attempts, throttled } = context;
    call.onUpstreamCall({
      operation: name,
      region,
      outcome,
      durationMs: performance.now() - start,
      attempts,
      throttled,
      requestId: metadataOf(response).requestId,
      ...(result === undefined ? undefined : describeEffect?.(result)),
    });
  };
  attachContext(input, context);
  try {
    const output = await untilAborted(send(), signal);
    const result = parse(rawJsonOf(output));
    report('ok', output, result);
    return result;
  } catch (cause) {
    const error = toUpstreamError(cause, signal);
    report(error instanceof UpstreamError ? error.kind : 'internal_error', cause);
    throw error;
  }
}

interface Metadata {
  readonly requestId?: string;
}

/** Returns the metadata that the SDK adds to its outputs and its errors. */
function metadataOf(response: unknown): Metadata {
  return (response as { readonly $metadata?: Metadata } | undefined)?.$metadata ?? {};
}
