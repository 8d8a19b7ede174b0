import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';

/** What a call brings to its attempts, and what becomes of them. */
export interface SdkCallContext {
  readonly signal: AbortSignal;
  /** Attempts that went out. */
  attempts: number;
  /** Those of them that were answered with a request to slow down. */
  throttled: number;
}

const byInput = new WeakMap<object, SdkCallContext>();
const byRequest = new WeakMap<object, SdkCallContext>();

/**
 * Binds a call by its input. The SDK has options for that, but builds its whole chain of middleware anew for each call that
 * has any, which costs a quarter of the call.
 */
export function attachContext(input: object, bounds: SdkCallContext): void {
  byInput.set(input, bounds);
}

/** What binds a request that {@link propagateContext} has seen. */
export function contextOf(request: object): SdkCallContext | undefined {
  return byRequest.get(request);
}

/** Carries the bounds from inputs to the requests that are made of them, behind whatever makes a new request. */
export function propagateContext({ middlewareStack }: BedrockRuntimeClient): void {
  middlewareStack.add(
    (next) => (args) => {
      const bounds = byInput.get(args.input);
      if (bounds) byRequest.set(args.request as object, bounds);
      return next(args);
    },
    { step: 'deserialize', name: 'passBounds' },
  );
}
