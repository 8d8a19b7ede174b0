import { type Problem, type ProblemKind, toProblem } from './connection-problem.ts';
import { Store } from './store.ts';

export interface ConnectionState {
  readonly problem: (Problem & { readonly since: number; readonly retryAt?: number }) | undefined;
  /** The last problem, kept for a short time after its end so that the page can report it. */
  readonly recovered:
    { readonly kind: ProblemKind; readonly since: number; readonly at: number } | undefined;
  /** When the page last received fresh data. */
  readonly lastReadAt: number | undefined;
  /** Whether the subscription to changes is connected. */
  readonly isLive: boolean;
}

const RECOVERY_NOTICE_MS = 20_000;

/** Tracks whether the gateway and Amazon Bedrock can be reached, from the results of requests. */
export class ConnectionStatus extends Store<ConnectionState> {
  #noticeTimer: number | undefined;
  #staleByMs = 0;

  constructor() {
    super({ problem: undefined, recovered: undefined, lastReadAt: undefined, isLive: false });
  }

  /** Reads `Age` and `Cache-Control`. A response older than its `max-age` shows an outage. */
  onResponseHeaders(headers: Headers): void {
    const age = Number(headers.get('age') ?? 0);
    const [, maxAge = '0'] = /max-age=(\d+)/.exec(headers.get('cache-control') ?? '') ?? [];
    this.#staleByMs = age > Number(maxAge) + 1 ? age * 1000 : 0;
  }

  onSuccess(now = Date.now()): void {
    if (this.#staleByMs > 0) {
      this.#setProblem({ kind: 'upstream' }, now - this.#staleByMs);
      return;
    }
    const { problem } = this.get();
    if (problem) {
      const recovered = { kind: problem.kind, since: problem.since, at: now };
      this.set({ ...this.get(), problem: undefined, recovered, lastReadAt: now });
      clearTimeout(this.#noticeTimer);
      this.#noticeTimer = window.setTimeout(() => {
        this.set({ ...this.get(), recovered: undefined });
      }, RECOVERY_NOTICE_MS);
    } else this.set({ ...this.get(), lastReadAt: now });
  }

  onError(error: unknown, now = Date.now()): void {
    this.#setProblem(toProblem(error), now);
  }

  setOffline(now = Date.now()): void {
    this.#setProblem({ kind: 'offline' }, now);
  }

  setLive(isLive: boolean): void {
    if (isLive !== this.get().isLive) this.set({ ...this.get(), isLive });
  }

  #setProblem(problem: Problem, startedAt: number): void {
    const { problem: previous } = this.get();
    const since = previous?.kind === problem.kind ? previous.since : startedAt;
    const { retryAfterMs } = problem;
    const retryAt = retryAfterMs === undefined ? {} : { retryAt: Date.now() + retryAfterMs };
    this.set({ ...this.get(), problem: { ...problem, since, ...retryAt }, recovered: undefined });
  }
}
