import { createAccount } from './account.ts';
import { FaultQueue } from './faults/fault-queue.ts';
import type { InjectedFault } from './faults/injected-fault.ts';
import { handleRequest, type EmulatorState } from './handle-request.ts';
import type { Job, JobSeed } from './jobs/job.ts';
import { JobGenerator } from './jobs/job-generator.ts';
import { createRandom } from './jobs/random.ts';
import { changeKnobs, DEFAULT_KNOBS, type EmulatorKnobs } from './knobs.ts';
import { IdempotencyTokens } from './operations/idempotency-tokens.ts';
import { NextTokenCodec } from './operations/next-token.ts';
import { RequestLog, type RecordedRequest, type RequestCounts } from './request-log.ts';
import { Timers } from './timers.ts';
import { Listener } from './wire/listener.ts';

export type { Fault, FaultMatch, InjectedFault } from './faults/injected-fault.ts';
export type { Job, JobSeed, JobStatus } from './jobs/job.ts';
export type { EmulatorKnobs } from './knobs.ts';
export type { RecordedRequest, RequestCounts } from './request-log.ts';
export type { OperationName } from './wire/route.ts';

export interface EmulatorOptions {
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** Default: 0, any free port. */
  readonly port?: number;
  /** Default: us-east-1. */
  readonly region?: string;
  /** Default: 111122223333. */
  readonly accountId?: string;
  /** Returns milliseconds since the epoch; every response depends on it. Default: Date.now. */
  readonly clock?: () => number;
  /** Emulators with equal seeds, options and clocks hold equal jobs. Default: 1. */
  readonly seed?: number;
  /** Number of sample jobs at start. Default: 0. */
  readonly jobs?: number;
  readonly knobs?: Partial<EmulatorKnobs>;
}

/** A local Bedrock Runtime endpoint for ListAsyncInvokes, GetAsyncInvoke and StartAsyncInvoke. */
export interface Emulator {
  /** The endpoint for an SDK, such as http://127.0.0.1:49152. Throws before start(). */
  readonly url: string;
  readonly region: string;
  readonly accountId: string;
  readonly knobs: EmulatorKnobs;
  /** The latest requests, oldest first. The array is live: it grows as requests arrive. */
  readonly requests: readonly RecordedRequest[];
  readonly counts: RequestCounts;
  start(): Promise<Emulator>;
  /** Closes the port, every connection and every timer. Idempotent. */
  destroy(): Promise<void>;
  /**
   * Changes knobs. Throws a RangeError that names every value out of range; no knob changes then.
   */
  setKnobs(knobs: Partial<EmulatorKnobs>): void;
  addJob(seed?: JobSeed): Job;
  /** Returns all jobs that exist now, oldest first. */
  jobs(): readonly Job[];
  /** Adds a fault to the queue. `clear` removes it again. */
  inject(fault: InjectedFault): { clear(): void };
  clearFaults(): void;
  /** Empties `requests` and resets `counts`. */
  clearRequests(): void;
}

export function createEmulator(options: EmulatorOptions = {}): Emulator {
  return new LocalEmulator(options);
}

class LocalEmulator implements Emulator {
  readonly region: string;
  readonly accountId: string;
  readonly #host: string;
  readonly #port: number;
  readonly #generator: JobGenerator;
  readonly #state: EmulatorState;
  readonly #listener: Listener;
  #knobs: EmulatorKnobs;
  #url: string | undefined;

  constructor(options: EmulatorOptions) {
    const { region = 'us-east-1', accountId = '111122223333' } = options;
    const { clock = Date.now, seed = 1, jobs: samples = 0 } = options;
    const account = createAccount(region, accountId);
    const seedText = [seed, region, accountId].join('/');
    this.region = region;
    this.accountId = accountId;
    this.#host = options.host ?? '127.0.0.1';
    this.#port = options.port ?? 0;
    this.#knobs = changeKnobs(DEFAULT_KNOBS, options.knobs ?? {});
    const generator = new JobGenerator({
      account,
      seed: seedText,
      clock,
      samples,
      knobs: () => this.#knobs,
    });
    this.#generator = generator;
    const idempotency = new IdempotencyTokens();
    const nextTokens = new NextTokenCodec(seedText, clock);
    this.#state = {
      context: () => ({ account, clock, knobs: this.#knobs, generator, idempotency, nextTokens }),
      faults: new FaultQueue(),
      requestLog: new RequestLog(),
      timers: new Timers(),
      random: createRandom(`${seedText}/requests`),
    };
    this.#listener = new Listener((request) => {
      void handleRequest(request, this.#state);
    });
  }

  get url(): string {
    if (this.#url === undefined) throw new Error('the emulator has no url before start()');
    return this.#url;
  }

  get knobs(): EmulatorKnobs {
    return this.#knobs;
  }

  get requests(): readonly RecordedRequest[] {
    return this.#state.requestLog.requests;
  }

  get counts(): RequestCounts {
    return this.#state.requestLog.counts;
  }

  async start(): Promise<Emulator> {
    const { port } = await this.#listener.listen(this.#port, this.#host);
    const host = this.#host.includes(':') ? `[${this.#host}]` : this.#host;
    this.#url = `http://${host}:${port}`;
    return this;
  }

  async destroy(): Promise<void> {
    this.#state.timers.clear();
    await this.#listener.close();
  }

  setKnobs(change: Partial<EmulatorKnobs>): void {
    const knobs = changeKnobs(this.#knobs, change);
    // Jobs that are due by now still arrive under the old knobs.
    this.#generator.current();
    this.#knobs = knobs;
    if (change.arrivalIntervalMs !== undefined) this.#generator.rescheduleArrivals();
  }

  addJob(seed: JobSeed = {}): Job {
    return this.#generator.add(seed);
  }

  jobs(): readonly Job[] {
    return this.#generator.current().all();
  }

  inject(fault: InjectedFault): { clear(): void } {
    return this.#state.faults.inject(fault);
  }

  clearFaults(): void {
    this.#state.faults.clear();
  }

  clearRequests(): void {
    this.#state.requestLog.clear();
  }
}
