import { Fault } from '../invocations/fault.ts';
import type { Call, UpstreamCall } from '../invocations/source.ts';
import { bind, type CallBounds } from './call-bounds.ts';
import { toFault } from './to-fault.ts';
import { untilAborted } from './until-aborted.ts';
import { wireOf } from './wire-protocol.ts';

type Wire = Readonly<Record<string, unknown>>;

export interface Operation<T> {
  readonly name: UpstreamCall['operation'];
  readonly region: string;
  readonly input: object;
  /** The SDK's call with this input. */
  readonly dispatch: () => Promise<object>;
  /** What the call has done, besides giving an answer. */
  readonly effect?: (result: T) => Pick<UpstreamCall, 'startedArn'>;
}

/**
 * Makes one call and reads its answer, bounded by the request's signal, and tells the request how it went.
 *
 * @throws {Fault}
 */
export async function send<T>(
  { name, region, input, dispatch, effect }: Operation<T>,
  call: Call,
  read: (wire: Wire) => T,
): Promise<T> {
  const { signal } = call;
  signal.throwIfAborted();
  const start = performance.now();
  const bounds: CallBounds = { signal, attempts: 0, throttled: 0 };
  const observed = (outcome: UpstreamCall['outcome'], about: unknown, result?: T) => {
    const { attempts, throttled } = bounds;
    const { requestId } = metadataOf(about);
    const durationMs = performance.now() - start;
    const done = result === undefined ? undefined : effect?.(result);
    const how = { outcome, durationMs, attempts, throttled, requestId, ...done };
    call.observed({ operation: name, region, ...how });
  };
  bind(input, bounds);
  try {
    const output = await untilAborted(dispatch(), signal);
    const result = read(wireOf(output));
    observed('ok', output, result);
    return result;
  } catch (cause) {
    const error = toFault(cause, signal);
    observed(error instanceof Fault ? error.kind : 'defect', cause);
    throw error;
  }
}

interface Metadata {
  readonly requestId?: string;
}

function metadataOf(about: unknown): Metadata {
  return (about as { readonly $metadata?: Metadata } | undefined)?.$metadata ?? {};
}
