import { setTimeout } from 'node:timers/promises';
import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { Fault } from '../invocations/fault.ts';
import type { Invocation } from '../invocations/invocation.ts';
import type { Call, InvocationSource, ListQuery, SourcePage } from '../invocations/source.ts';
import { type BedrockClientOptions, createBedrockClient } from './client.ts';
import { getAsyncInvoke } from './get-async-invoke.ts';
import { listAsyncInvokes } from './list-async-invokes.ts';

/** How long a probe waits for credentials; a provider may hang. */
const PATIENCE_MS = 1000;

export interface BedrockSourceOptions extends BedrockClientOptions {
  /** Undefined: known only if the credentials say. */
  readonly accountId?: string | undefined;
}

/** Amazon Bedrock in one Region, seen by one identity. Keeps its client; `destroy` ends its connections. */
export class BedrockSource implements InvocationSource {
  readonly region: string;
  readonly #client: BedrockRuntimeClient;
  #accountId: string | undefined;

  #preparing: Promise<boolean> | undefined;

  private constructor(client: BedrockRuntimeClient, region: string, accountId?: string) {
    this.region = region;
    this.#accountId = accountId;
    this.#client = client;
  }

  /** @throws when no Region is set anywhere that the SDK looks for one. */
  static async create(options: BedrockSourceOptions): Promise<BedrockSource> {
    const client = createBedrockClient(options);
    const region = await client.config.region().catch((cause: unknown) => {
      throw new Error('AWS_REGION: is not set, and the AWS profile names no Region either', {
        cause,
      });
    });
    return new BedrockSource(client, region, options.accountId);
  }

  get key(): string {
    return this.region;
  }

  /** Known from the settings, or once credentials that name their account were resolved. */
  get accountId(): string | undefined {
    return this.#accountId;
  }

  /** Whether credentials have been resolved once; tries to, one attempt at a time. */
  async isPrepared(): Promise<boolean> {
    this.#preparing ??= this.#resolveCredentials().catch(() => {
      this.#preparing = undefined;
      return false;
    });
    return Promise.race([this.#preparing, setTimeout(PATIENCE_MS, false, { ref: false })]);
  }

  async #resolveCredentials(): Promise<boolean> {
    const { accountId } = await this.#client.config.credentials();
    this.#accountId ??= accountId;
    return true;
  }

  list(query: ListQuery, call: Call): Promise<SourcePage> {
    return listAsyncInvokes(this.#client, query, call);
  }

  /**
   * While the account is not known, a refusal may only mean that the ARN is another account's: then there is no such
   * invocation here. Once it is known, no such ARN gets this far, and a refusal is one of this gateway's rights.
   */
  async get(invocationArn: string, call: Call): Promise<Invocation | null> {
    try {
      return await getAsyncInvoke(this.#client, invocationArn, call);
    } catch (error) {
      const unknownAccount = this.#accountId === undefined;
      if (unknownAccount && error instanceof Fault && error.kind === 'denied') return null;
      throw error;
    }
  }

  destroy(): void {
    this.#client.destroy();
  }
}
