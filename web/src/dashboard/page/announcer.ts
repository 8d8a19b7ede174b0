import { Store } from '../feed/store.ts';

const EVERY_MS = 4000;

/** What a screen reader is told, one thing at a time, and no sooner than the last one was a while ago. */
export class Announcer extends Store<string> {
  #last = -Infinity;
  #waiting: number | undefined;

  constructor() {
    super('');
  }

  say(text: string): void {
    clearTimeout(this.#waiting);
    const wait = Math.max(0, this.#last + EVERY_MS - performance.now());
    this.#waiting = window.setTimeout(() => {
      this.#last = performance.now();
      this.set(text);
    }, wait);
  }
}
