import { Store } from './store.ts';
import { type Trouble, type TroubleKind, toTrouble } from './trouble.ts';

export interface HealthState {
  readonly trouble: (Trouble & { readonly since: number; readonly retryAt?: number }) | undefined;
  /** The trouble before, for as long as it is news. */
  readonly over:
    { readonly kind: TroubleKind; readonly since: number; readonly at: number } | undefined;
  /** When something was last read. */
  readonly readAt: number | undefined;
  /** Whether changes are told as they happen. */
  readonly isLive: boolean;
}

const NEWS_MS = 20_000;

/** What stands between the page and Amazon Bedrock, as far as what was asked shows it. */
export class Health extends Store<HealthState> {
  #forget: number | undefined;
  #readAgeMs = 0;

  constructor() {
    super({ trouble: undefined, over: undefined, readAt: undefined, isLive: false });
  }

  /** `Age` and `Cache-Control`, as the answer had them: older than what counts as new is given only in an outage. */
  noteAge(headers: Headers): void {
    const age = Number(headers.get('age') ?? 0);
    const [, maxAge = '0'] = /max-age=(\d+)/.exec(headers.get('cache-control') ?? '') ?? [];
    this.#readAgeMs = age > Number(maxAge) + 1 ? age * 1000 : 0;
  }

  good(now = Date.now()): void {
    if (this.#readAgeMs > 0) {
      this.#enter({ kind: 'upstream' }, now - this.#readAgeMs);
      return;
    }
    const { trouble } = this.get();
    if (trouble) {
      const over = { kind: trouble.kind, since: trouble.since, at: now };
      this.set({ ...this.get(), trouble: undefined, over, readAt: now });
      clearTimeout(this.#forget);
      this.#forget = window.setTimeout(() => {
        this.set({ ...this.get(), over: undefined });
      }, NEWS_MS);
    } else this.set({ ...this.get(), readAt: now });
  }

  bad(error: unknown, now = Date.now()): void {
    this.#enter(toTrouble(error), now);
  }

  setOffline(now = Date.now()): void {
    this.#enter({ kind: 'offline' }, now);
  }

  setLive(isLive: boolean): void {
    if (isLive !== this.get().isLive) this.set({ ...this.get(), isLive });
  }

  #enter(trouble: Trouble, from: number): void {
    const { trouble: before } = this.get();
    const since = before?.kind === trouble.kind ? before.since : from;
    const { retryAfterMs } = trouble;
    const retryAt = retryAfterMs === undefined ? {} : { retryAt: Date.now() + retryAfterMs };
    this.set({ ...this.get(), trouble: { ...trouble, since, ...retryAt }, over: undefined });
  }
}
