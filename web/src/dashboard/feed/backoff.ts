const BASE_BACKOFF_MS = 1000;
const MAX_BACKOFF_MS = 15_000;

export function exponentialBackoff(attempt: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, backoffMs(attempt)));
}

/** Doubles with each attempt. The jitter keeps clients from retrying at the same moment. */
export function backoffMs(attempt: number): number {
  const jitter = 0.75 + Math.random() / 2;
  return Math.min(MAX_BACKOFF_MS, BASE_BACKOFF_MS * 2 ** Math.min(attempt, 10)) * jitter;
}
