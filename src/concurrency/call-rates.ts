import { TokenBucket } from './token-bucket.ts';

export interface CallRatesOptions {
  /** Calls per second of all callers together. Undefined: unlimited. */
  readonly perSecond?: number | undefined;
  readonly perSecondPerCaller?: number | undefined;
  /** Callers that stand for many. Only the common rate applies to them. */
  readonly sharedCallers?: ReadonlySet<string>;
}

export interface CallDelay {
  readonly ms: number;
  /** The rate that the delay comes from. */
  readonly rate: 'all' | 'caller';
}

/** The seconds of calls that may be made at once after a pause. */
const BURST_SECONDS = 2;
/** Reading a hundred unknown ids at the default rate takes no delay. */
const BURST_SECONDS_PER_CALLER = 4;

/** Limits the rate of calls, for all callers together and for each caller. */
export class CallRates {
  readonly #options: CallRatesOptions;
  readonly #common: TokenBucket | undefined;
  /** The callers with recent calls. The caller of the latest call is last. */
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(options: CallRatesOptions) {
    this.#options = options;
    const { perSecond } = options;
    this.#common =
      perSecond === undefined ? undefined : new TokenBucket(perSecond, perSecond * BURST_SECONDS);
  }

  /** The number of callers that use memory. */
  get callers(): number {
    return this.#buckets.size;
  }

  /**
   * Returns the time until a caller may make a call, after its own earlier calls and those of all
   * callers. Both numbers include this call.
   */
  delayOf(caller: string, ownCalls = 1, allCalls = 1): CallDelay {
    const now = performance.now();
    const ownMs = this.#bucketOf(caller)?.waitMs(ownCalls, now) ?? 0;
    const commonMs = this.#common?.waitMs(allCalls, now) ?? 0;
    return ownMs > commonMs ? { ms: ownMs, rate: 'caller' } : { ms: commonMs, rate: 'all' };
  }

  /** Counts calls of a caller, or takes them back when the number is negative. */
  count(caller: string, calls: number): void {
    const now = performance.now();
    this.#common?.take(calls, now);
    const bucket = this.#bucketOf(caller);
    if (!bucket) return;
    bucket.take(calls, now);
    this.#buckets.delete(caller);
    this.#buckets.set(caller, bucket);
    // A full bucket is like a new one.
    for (const [other, otherBucket] of this.#buckets) {
      if (!otherBucket.isFull(now)) break;
      this.#buckets.delete(other);
    }
  }

  #bucketOf(caller: string): TokenBucket | undefined {
    const { perSecondPerCaller: rate, sharedCallers } = this.#options;
    if (rate === undefined || sharedCallers?.has(caller)) return undefined;
    return this.#buckets.get(caller) ?? new TokenBucket(rate, rate * BURST_SECONDS_PER_CALLER);
  }
}
