import { setTimeout } from 'node:timers/promises';
import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { UpstreamError } from '../invocations/upstream-error.ts';
import type { Invocation } from '../invocations/invocation.ts';
import type {
  CallContext,
  InvocationSource,
  ListAsyncInvokesQuery,
  ListAsyncInvokesPage,
} from '../invocations/source.ts';
import type { InvocationStarter, StartRequest } from '../invocations/starter.ts';
import { type BedrockClientOptions, createBedrockClient, type Upstream } from './sdk/client.ts';
import { getAsyncInvoke } from './get-async-invoke.ts';
import { listAsyncInvokes } from './list-async-invokes.ts';
import { startAsyncInvoke } from './start-async-invoke.ts';
import { InFlightStarts } from './in-flight-starts.ts';
import { type ResilienceOptions, ResiliencePolicy } from './resilience-policy.ts';

/** How long a probe waits for credentials; a provider may hang. */
const CREDENTIALS_PROBE_TIMEOUT_MS = 1000;

/** A call never waits for a socket, where it would be asked to hurry without being under way; it waits for its turn. */
const EXTRA_SOCKETS = 8;

export interface BedrockSourceOptions
  extends Omit<BedrockClientOptions, 'maxSockets'>, ResilienceOptions {
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
  readonly #policy: ResiliencePolicy;
  readonly #starts: InFlightStarts;
  #accountId: string | undefined;

  #credentialsPromise: Promise<boolean> | undefined;

  private constructor(
    client: BedrockRuntimeClient,
    region: string,
    { accountId, startTimeoutMs = START_TIMEOUT_MS, ...options }: BedrockSourceOptions,
  ) {
    this.region = region;
    this.#accountId = accountId;
    this.#client = client;
    this.#policy = new ResiliencePolicy(options);
    this.#starts = new InFlightStarts(startTimeoutMs);
  }

  /** @throws when no Region is set anywhere that the SDK looks for one. */
  static async create(options: BedrockSourceOptions): Promise<BedrockSource> {
    const maxSockets = options.concurrency + EXTRA_SOCKETS;
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
  async isReady(): Promise<boolean> {
    this.#credentialsPromise ??= this.#resolveCredentials().catch(() => {
      this.#credentialsPromise = undefined;
      return false;
    });
    return Promise.race([
      this.#credentialsPromise,
      setTimeout(CREDENTIALS_PROBE_TIMEOUT_MS, false, { ref: false }),
    ]);
  }

  async #resolveCredentials(): Promise<boolean> {
    const { accountId } = await this.#client.config.credentials();
    this.#accountId ??= accountId;
    return true;
  }

  list(query: ListAsyncInvokesQuery, call: CallContext): Promise<ListAsyncInvokesPage> {
    return this.#policy.run(() => listAsyncInvokes(this.#upstream, query, call), call);
  }

  /**
   * While the account is not known, a refusal may only mean that the ARN is another account's: then there is no such
   * invocation here. Once it is known, no such ARN gets this far, and a refusal is one of this gateway's rights.
   */
  async get(invocationArn: string, call: CallContext): Promise<Invocation | null> {
    try {
      return await this.#policy.run(
        () => getAsyncInvoke(this.#upstream, invocationArn, call),
        call,
      );
    } catch (error) {
      const unknownAccount = this.#accountId === undefined;
      if (unknownAccount && error instanceof UpstreamError && error.kind === 'access_denied')
        return null;
      throw error;
    }
  }

  start(request: StartRequest, call: CallContext): Promise<string> {
    const begin = (own: CallContext) =>
      this.#policy.run(() => startAsyncInvoke(this.#upstream, request, own), own);
    return this.#starts.startOnce(request, begin, call);
  }

  /** Until no start is under way, also none whose caller has gone. */
  whenStartsIdle(): Promise<void> {
    return this.#starts.whenIdle();
  }

  /** Whether the latest calls have failed, so that no more are made for the moment. */
  get isCircuitOpen(): boolean {
    return this.#policy.isOpen;
  }

  get #upstream(): Upstream {
    return { client: this.#client, region: this.region };
  }

  destroy(): void {
    this.#client.destroy();
  }
}
