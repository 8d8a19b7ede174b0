import type { S3OutputDataConfig } from './invocation.ts';
import type { CallContext } from './source.ts';

/**
 * The port for starting invocations in one account and Region. Implementations reject only with an
 * `UpstreamError`.
 */
export interface InvocationStarter {
  readonly region: string;
  /** Undefined while the account of the credentials is not known. */
  readonly accountId: string | undefined;

  /**
   * Starts an invocation and returns its ARN. Returns the ARN of the earlier invocation when the
   * same request was sent before. When the call's signal aborts, the caller stops waiting but the
   * start continues: aborting it would leave unknown whether the invocation was started.
   */
  start(request: StartRequest, call: CallContext): Promise<string>;
}

export interface StartRequest {
  /** A model id, or the ARN of a model in this Region. */
  readonly modelId: string;
  readonly modelInput: JsonValue;
  readonly outputDataConfig: S3OutputDataConfig;
  /** Idempotency token: requests with the same token start one invocation. */
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
