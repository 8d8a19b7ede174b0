import type { S3OutputDataConfig } from './invocation.ts';
import type { CallContext } from './source.ts';

/**
 * The port to wherever invocations are started: one account in one region. Implementations reject with a `Fault` and
 * nothing else.
 */
export interface InvocationStarter {
  readonly region: string;
  /** Undefined while the account behind the credentials is not known. */
  readonly accountId: string | undefined;

  /**
   * Starts an invocation, or finds the one that the same request has started before; gives its ARN. Who stops waiting, as
   * the call's signal says, does not call it back: whether it was started would then be anybody's guess.
   */
  start(request: StartRequest, call: CallContext): Promise<string>;
}

export interface StartRequest {
  /** An identifier, or the ARN of a model of this region. */
  readonly modelId: string;
  readonly modelInput: JsonValue;
  readonly outputDataConfig: S3OutputDataConfig;
  /** Two requests with the same token are one wish. */
  readonly clientRequestToken: string;
  readonly tags: readonly Tag[];
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

export interface JsonObject {
  [name: string]: JsonValue;
}
