import { Store } from '../feed/store.ts';

const MIN_INTERVAL_MS = 4000;

/** Text for screen readers, rate limited. A new announcement replaces one that is pending. */
export class Announcer extends Store<string> {
  #lastAt = -Infinity;
  #timer: number | undefined;

  constructor() {
    super('');
  }

  announce(text: string): void {
    clearTimeout(this.#timer);
    const delayMs = Math.max(0, this.#lastAt + MIN_INTERVAL_MS - performance.now());
    this.#timer = window.setTimeout(() => {
      this.#lastAt = performance.now();
      this.set(text);
    }, delayMs);
  }
}
