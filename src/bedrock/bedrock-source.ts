import { setTimeout } from 'node:timers/promises';
import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { Invocation } from '../invocations/invocation.ts';
import type {
  CallContext,
  InvocationSource,
  ListAsyncInvokesPage,
  ListAsyncInvokesQuery,
} from '../invocations/source.ts';
import type { InvocationStarter, StartRequest } from '../invocations/starter.ts';
import { UpstreamError } from '../invocations/upstream-error.ts';
import { getAsyncInvoke } from './get-async-invoke.ts';
import { InFlightStarts } from './in-flight-starts.ts';
import { listAsyncInvokes } from './list-async-invokes.ts';
import { type ResilienceOptions, ResiliencePolicy } from './resilience-policy.ts';
import { type BedrockClientOptions, createBedrockClient, type Upstream } from './sdk/client.ts';
import { startAsyncInvoke } from './start-async-invoke.ts';

/** How long `isReady` waits for credentials, because a provider may hang. */
const CREDENTIALS_PROBE_TIMEOUT_MS = 1000;

/**
 * Keeps the socket pool larger than the concurrency limit, so that calls queue in the bulkhead and
 * their attempt timeout does not start while they wait for a socket.
 */
const EXTRA_SOCKETS = 8;

const START_TIMEOUT_MS = 10_000;

export interface BedrockSourceOptions
  extends Omit<BedrockClientOptions, 'maxSockets'>, ResilienceOptions {
  /** Undefined: taken from the credentials, when they name their account. */
  readonly accountId?: string | undefined;
  /** Maximum duration of a start, independent of the callers that wait for it. */
  readonly startTimeoutMs?: number;
}

/** Amazon Bedrock in one Region, with one AWS identity. `destroy` closes its connections. */
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

  /** @throws when neither the settings, the environment nor the AWS profile name a Region. */
  static async create(options: BedrockSourceOptions): Promise<BedrockSource> {
    const maxSockets = options.concurrency + EXTRA_SOCKETS;
    const client = createBedrockClient({ ...options, maxSockets });
    const region = await client.config.region().catch((cause: unknown) => {
      const message = 'AWS_REGION: is not set, and the AWS profile has no Region';
      throw new Error(message, { cause });
    });
    return new BedrockSource(client, region, options);
  }

  get key(): string {
    return this.region;
  }

  /** From the settings, or from resolved credentials that name their account. */
  get accountId(): string | undefined {
    return this.#accountId;
  }

  /** Whether credentials have been resolved once. Tries to resolve them, one attempt at a time. */
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
    return this.#policy.run((sent) => listAsyncInvokes(this.#upstream, query, sent), call);
  }

  /**
   * While the account is not known, denied access may mean that the ARN belongs to another account:
   * then this source has no such invocation. Once the account is known, ARNs of other accounts are
   * not sent here, and denied access means that this gateway lacks the permission.
   */
  async get(invocationArn: string, call: CallContext): Promise<Invocation | null> {
    try {
      return await this.#policy.run(
        (sent) => getAsyncInvoke(this.#upstream, invocationArn, sent),
        call,
      );
    } catch (error) {
      const isUnknownAccount = this.#accountId === undefined;
      if (isUnknownAccount && error instanceof UpstreamError && error.kind === 'access_denied')
        return null;
      throw error;
    }
  }

  start(request: StartRequest, call: CallContext): Promise<string> {
    const startFn = (startCall: CallContext) =>
      this.#policy.run((sent) => startAsyncInvoke(this.#upstream, request, sent), startCall);
    return this.#starts.startOnce(request, startFn, call);
  }

  /** Resolves when all starts have ended, including those that no caller waits for. */
  whenStartsIdle(): Promise<void> {
    return this.#starts.whenIdle();
  }

  /** Whether the circuit breaker is open: recent calls have failed, and none are made for now. */
  get isCircuitOpen(): boolean {
    return this.#policy.isOpen;
  }

  /** Number of calls that wait for a slot or for a rate. */
  get queueLength(): number {
    return this.#policy.queueLength;
  }

  get #upstream(): Upstream {
    return { client: this.#client, region: this.region };
  }

  destroy(): void {
    this.#client.destroy();
  }
}
