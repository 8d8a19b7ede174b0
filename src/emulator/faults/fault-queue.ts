import type { RecordedRequest } from '../recording.ts';
import type { InjectedFault } from './injected-fault.ts';

interface Queued {
  readonly fault: InjectedFault;
  left: number;
}

/** Faults waiting for their requests, in the order they were injected. */
export class FaultQueue {
  #queue: Queued[] = [];

  inject(fault: InjectedFault): { clear(): void } {
    const queued = { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
    this.#queue.push(queued);
    return { clear: () => void (this.#queue = this.#queue.filter((one) => one !== queued)) };
  }

  clear(): void {
    this.#queue = [];
  }

  /** The fault that befalls a request, counted as used. */
  take(request: RecordedRequest): InjectedFault | undefined {
    const queued = this.#queue.find(({ fault, left }) => left > 0 && matches(fault, request));
    if (queued === undefined) return undefined;
    queued.left--;
    if (queued.left <= 0) this.#queue = this.#queue.filter((one) => one !== queued);
    return queued.fault;
  }
}

function matches({ operation, when }: InjectedFault, request: RecordedRequest): boolean {
  const named = operation === undefined || operation === request.operation;
  return named && (when === undefined || when(request));
}
