import { setTimeout } from 'node:timers/promises';
import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { Fault } from '../invocations/fault.ts';
import type { Invocation } from '../invocations/invocation.ts';
import type { Call, InvocationSource, ListQuery, SourcePage } from '../invocations/source.ts';
import type { InvocationStarter, StartRequest } from '../invocations/starter.ts';
import { type BedrockClientOptions, createBedrockClient, type Upstream } from './client.ts';
import { getAsyncInvoke } from './get-async-invoke.ts';
import { listAsyncInvokes } from './list-async-invokes.ts';
import { startAsyncInvoke } from './start-async-invoke.ts';
import { StartsUnderWay } from './starts-under-way.ts';
import { type GuardOptions, UpstreamGuard } from './upstream-guard.ts';

/** How long a probe waits for credentials; a provider may hang. */
const PATIENCE_MS = 1000;

/** A call never waits for a socket, where it would be asked to hurry without being under way; it waits for its turn. */
const SPARE_SOCKETS = 8;

export interface BedrockSourceOptions
  extends Omit<BedrockClientOptions, 'maxSockets'>, GuardOptions {
  /** Undefined: known only if the credentials say. */
  readonly accountId?: string | undefined;
  /** How long a start may take in all, whoever still waits for it. */
  readonly startTimeoutMs?: number;
}

const START_TIMEOUT_MS = 10_000;

/** Amazon Bedrock in one Region, seen by one identity. Keeps its client; `destroy` ends its connections. */
export class BedrockSource implements InvocationSource, InvocationStarter {
  readonly region: string;
  readonly #client: BedrockRuntimeClient;
  readonly #guard: UpstreamGuard;
  readonly #starts: StartsUnderWay;
  #accountId: string | undefined;

  #preparing: Promise<boolean> | undefined;

  private constructor(
    client: BedrockRuntimeClient,
    region: string,
    { accountId, startTimeoutMs = START_TIMEOUT_MS, ...options }: BedrockSourceOptions,
  ) {
    this.region = region;
    this.#accountId = accountId;
    this.#client = client;
    this.#guard = new UpstreamGuard(options);
    this.#starts = new StartsUnderWay(startTimeoutMs);
  }

  /** @throws when no Region is set anywhere that the SDK looks for one. */
  static async create(options: BedrockSourceOptions): Promise<BedrockSource> {
    const maxSockets = options.concurrency + SPARE_SOCKETS;
    const client = createBedrockClient({ ...options, maxSockets });
    const region = await client.config.region().catch((cause: unknown) => {
      throw new Error('AWS_REGION: is not set, and the AWS profile names no Region either', {
        cause,
      });
    });
    return new BedrockSource(client, region, options);
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
    return this.#guard.run(() => listAsyncInvokes(this.#upstream, query, call), call);
  }

  /**
   * While the account is not known, a refusal may only mean that the ARN is another account's: then there is no such
   * invocation here. Once it is known, no such ARN gets this far, and a refusal is one of this gateway's rights.
   */
  async get(invocationArn: string, call: Call): Promise<Invocation | null> {
    try {
      return await this.#guard.run(() => getAsyncInvoke(this.#upstream, invocationArn, call), call);
    } catch (error) {
      const unknownAccount = this.#accountId === undefined;
      if (unknownAccount && error instanceof Fault && error.kind === 'denied') return null;
      throw error;
    }
  }

  start(request: StartRequest, call: Call): Promise<string> {
    const begin = (own: Call) =>
      this.#guard.run(() => startAsyncInvoke(this.#upstream, request, own), own);
    return this.#starts.join(request, begin, call);
  }

  /** Until no start is under way, also none whose caller has gone. */
  startsSettled(): Promise<void> {
    return this.#starts.settled();
  }

  /** Whether the latest calls have failed, so that no more are made for the moment. */
  get isBroken(): boolean {
    return this.#guard.isOpen;
  }

  get #upstream(): Upstream {
    return { client: this.#client, region: this.region };
  }

  destroy(): void {
    this.#client.destroy();
  }
}
