import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';

/** The signal of a call, and the counts of its attempts. */
export interface SdkCallContext {
  readonly signal: AbortSignal;
  /** Number of attempts that were sent. */
  attempts: number;
  /** Number of attempts that the service throttled. */
  throttled: number;
}

const byInput = new WeakMap<object, SdkCallContext>();
const byRequest = new WeakMap<object, SdkCallContext>();

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

/**
 * Adds middleware that attaches the context of an input to the request made from it. It runs after
 * all steps that create a new request.
 */
export function propagateContext({ middlewareStack }: BedrockRuntimeClient): void {
  middlewareStack.add(
    (next) => (args) => {
      const context = byInput.get(args.input);
      if (context) byRequest.set(args.request as object, context);
      return next(args);
    },
    { step: 'deserialize', name: 'propagateContext' },
  );
}
