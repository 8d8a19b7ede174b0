import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';

/** What a call brings to its attempts, and what becomes of them. */
export interface CallBounds {
  readonly signal: AbortSignal;
  /** Attempts that went out. */
  attempts: number;
  /** Those of them that were answered with a request to slow down. */
  throttled: number;
}

const byInput = new WeakMap<object, CallBounds>();
const byRequest = new WeakMap<object, CallBounds>();

/**
 * Binds a call by its input. The SDK has options for that, but builds its whole chain of middleware anew for each call that
 * has any, which costs a quarter of the call.
 */
export function bind(input: object, bounds: CallBounds): void {
  byInput.set(input, bounds);
}

/** What binds a request that {@link passBounds} has seen. */
export function boundsOf(request: object): CallBounds | undefined {
  return byRequest.get(request);
}

/** Carries the bounds from inputs to the requests that are made of them, behind whatever makes a new request. */
export function passBounds({ middlewareStack }: BedrockRuntimeClient): void {
  middlewareStack.add(
    (next) => (args) => {
      const bounds = byInput.get(args.input);
      if (bounds) byRequest.set(args.request as object, bounds);
      return next(args);
    },
    { step: 'deserialize', name: 'passBounds' },
  );
}
