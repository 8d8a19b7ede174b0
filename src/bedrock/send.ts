import type { Call } from '../invocations/source.ts';
import { toFault } from './to-fault.ts';
import { wireOf } from './wire-protocol.ts';

type Wire = Readonly<Record<string, unknown>>;

/**
 * Makes one call and reads its answer, bounded by the request's signal.
 *
 * The signal is for the SDK, which ends the call with it, and is raced against the call as well, because not everything
 * in a call listens: a credential provider that hangs does not.
 *
 * @throws {Fault}
 */
export async function send<T>(
  dispatch: (options: { readonly abortSignal: AbortSignal }) => Promise<object>,
  { signal }: Call,
  read: (wire: Wire) => T,
): Promise<T> {
  try {
    signal.throwIfAborted();
    return read(wireOf(await untilAborted(dispatch({ abortSignal: signal }), signal)));
  } catch (error) {
    throw toFault(error, signal);
  }
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => {
    reject(signal.reason as Error);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
