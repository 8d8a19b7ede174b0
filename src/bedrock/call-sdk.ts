import { UpstreamError } from '../invocations/upstream-error.ts';
import type { CallContext, UpstreamCall } from '../invocations/source.ts';
import { attachContext, type SdkCallContext } from './sdk/call-context.ts';
import { toUpstreamError } from './to-upstream-error.ts';
import { untilAborted } from '../concurrency/abortable.ts';
import { rawJsonOf } from './sdk/raw-json-protocol.ts';

type Wire = Readonly<Record<string, unknown>>;

export interface SdkOperation<T> {
  readonly name: UpstreamCall['operation'];
  readonly region: string;
  readonly input: object;
  /** The SDK's call with this input. */
  readonly send: () => Promise<object>;
  /** What the call has done, besides giving an answer. */
  readonly describeEffect?: (result: T) => Pick<UpstreamCall, 'startedArn'>;
}

/**
 * Makes one call and reads its answer, bounded by the request's signal, and tells the request how it went.
 *
 * @throws {UpstreamError}
 */
export async function callSdk<T>(
  { name, region, input, send, describeEffect }: SdkOperation<T>,
  call: CallContext,
  read: (wire: Wire) => T,
): Promise<T> {
  const { signal } = call;
  signal.throwIfAborted();
  const start = performance.now();
  const bounds: SdkCallContext = { signal, attempts: 0, throttled: 0 };
  const observed = (outcome: UpstreamCall['outcome'], about: unknown, result?: T) => {
    const { attempts, throttled } = bounds;
    const { requestId } = metadataOf(about);
    const durationMs = performance.now() - start;
    const done = result === undefined ? undefined : describeEffect?.(result);
    const how = { outcome, durationMs, attempts, throttled, requestId, ...done };
    call.onUpstreamCall({ operation: name, region, ...how });
  };
  attachContext(input, bounds);
  try {
    const output = await untilAborted(send(), signal);
    const result = read(rawJsonOf(output));
    observed('ok', output, result);
    return result;
  } catch (cause) {
    const error = toUpstreamError(cause, signal);
    observed(error instanceof UpstreamError ? error.kind : 'internal_error', cause);
    throw error;
  }
}

interface Metadata {
  readonly requestId?: string;
}

function metadataOf(about: unknown): Metadata {
  return (about as { readonly $metadata?: Metadata } | undefined)?.$metadata ?? {};
}
