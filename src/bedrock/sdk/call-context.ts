import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';

/** The caller and signal of a call, and the counts of its attempts. */
export interface SdkCallContext {
  readonly caller: string;
  readonly signal: AbortSignal;
  /** Number of attempts that were sent. */
  attempts: number;
  /** Number of attempts that the service throttled. */
  throttled: number;
}

const byInput = new WeakMap<object, SdkCallContext>();
const byRequest = new WeakMap<object, SdkCallContext>();
const byError = new WeakMap<object, SdkCallContext>();

/**
 * Attaches a context to the input of a call. The SDK has call options for that, but it builds its
 * whole middleware chain again for each call with options, which costs a quarter of the call.
 */
export function attachContext(input: object, context: SdkCallContext): void {
  byInput.set(input, context);
}

/** Returns the context of a request that {@link propagateContext} has handled. */
export function contextOf(request: object): SdkCallContext | undefined {
  return byRequest.get(request);
}

/** Returns the context of the attempt that failed with this error. */
export function contextOfError(error: unknown): SdkCallContext | undefined {
  return error instanceof Error ? byError.get(error) : undefined;
}

/**
 * Adds middleware that attaches the context of an input to the request made from it, and to the
 * error of the attempt. It runs after all steps that create a new request, and around the one that
 * reads the response.
 */
export function propagateContext({ middlewareStack }: BedrockRuntimeClient): void {
  middlewareStack.add(
    (next) => async (args) => {
      const context = byInput.get(args.input);
      if (context) byRequest.set(args.request as object, context);
      try {
        return await next(args);
      } catch (error) {
        if (context && error instanceof Error) byError.set(error, context);
        throw error;
      }
    },
    { step: 'deserialize', priority: 'high', name: 'propagateContext' },
  );
}
