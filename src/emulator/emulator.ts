import { createAccount } from './account.ts';
import { FaultQueue } from './faults/fault-queue.ts';
import type { InjectedFault } from './faults/injected-fault.ts';
import { handleExchange, type Desk } from './handle-exchange.ts';
import type { Job, JobSeed } from './jobs/job.ts';
import { JobLedger } from './jobs/job-ledger.ts';
import { createRandom } from './jobs/random.ts';
import { DEFAULT_KNOBS, turnKnobs, type EmulatorKnobs } from './knobs.ts';
import { IdempotencyTokens } from './operations/idempotency-tokens.ts';
import { TokenMint } from './operations/next-token.ts';
import { Recording, type RecordedRequest, type RequestCounts } from './recording.ts';
import { Timers } from './timers.ts';
import { Listener } from './wire/listener.ts';

export type { Fault, FaultMatch, InjectedFault } from './faults/injected-fault.ts';
export type { Job, JobSeed, JobStatus } from './jobs/job.ts';
export type { EmulatorKnobs } from './knobs.ts';
export type { RecordedRequest, RequestCounts } from './recording.ts';
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
  /** Milliseconds since the epoch; decides what every answer says. Default: Date.now. */
  readonly clock?: () => number;
  /** Emulators with equal seeds, options and clocks hold equal jobs. Default: 1. */
  readonly seed?: number;
  /** Sample jobs at start. Default: 0. */
  readonly jobs?: number;
  readonly knobs?: Partial<EmulatorKnobs>;
}

/** A local Bedrock Runtime endpoint for ListAsyncInvokes, GetAsyncInvoke and StartAsyncInvoke. */
export interface Emulator {
  /** Like http://127.0.0.1:49152; for any SDK's endpoint option. Throws before start(). */
  readonly url: string;
  readonly region: string;
  readonly accountId: string;
  readonly knobs: EmulatorKnobs;
  /** The requests of late, oldest first. Live: it grows as requests come in. */
  readonly requests: readonly RecordedRequest[];
  readonly counts: RequestCounts;
  start(): Promise<Emulator>;
  /** Closes the port, every connection and every timer. May be called again. */
  destroy(): Promise<void>;
  /** Throws a RangeError that names every value out of range, and then changes nothing. */
  setKnobs(knobs: Partial<EmulatorKnobs>): void;
  addJob(seed?: JobSeed): Job;
  /** All jobs there are by now, oldest first. */
  jobs(): readonly Job[];
  inject(fault: InjectedFault): { clear(): void };
  clearFaults(): void;
  clearRequests(): void;
}

export function createEmulator(options: EmulatorOptions = {}): Emulator {
  const { host = '127.0.0.1', port = 0, clock = Date.now, seed = 1 } = options;
  const account = createAccount(options.region ?? 'us-east-1', options.accountId ?? '111122223333');
  const { region, accountId } = account;
  const name = [seed, region, accountId].join('/');
  let knobs = turnKnobs(DEFAULT_KNOBS, options.knobs ?? {});
  const samples = options.jobs ?? 0;
  const ledger = new JobLedger({ account, seed, clock, samples, knobs: () => knobs });
  const idempotency = new IdempotencyTokens();
  const tokens = new TokenMint(name, clock);
  const desk: Desk = {
    context: () => ({ account, clock, knobs, ledger, idempotency, tokens }),
    faults: new FaultQueue(),
    recording: new Recording(),
    timers: new Timers(),
    random: createRandom(`${name}/requests`),
  };
  const { faults, recording, timers } = desk;
  const listener = new Listener((exchange) => {
    void handleExchange(exchange, desk);
  });
  let url: string | undefined;

  const emulator: Emulator = {
    region,
    accountId,
    get url() {
      if (url === undefined) throw new Error('the emulator has no url before start()');
      return url;
    },
    get knobs() {
      return knobs;
    },
    get requests() {
      return recording.requests;
    },
    get counts() {
      return recording.counts;
    },
    async start() {
      const address = await listener.listen(port, host);
      url = `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
      return emulator;
    },
    async destroy() {
      timers.clear();
      await listener.close();
    },
    setKnobs(change) {
      const turned = turnKnobs(knobs, change);
      // What has arrived by now arrived under the knobs as they were.
      ledger.read();
      knobs = turned;
      if (change.arrivalIntervalMs !== undefined) ledger.rescheduleArrivals();
    },
    addJob: (jobSeed = {}) => ledger.add(jobSeed),
    jobs: () => ledger.read().all(),
    inject: (fault) => faults.inject(fault),
    clearFaults: () => {
      faults.clear();
    },
    clearRequests: () => {
      recording.clear();
    },
  };
  return emulator;
}
