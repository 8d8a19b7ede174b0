import type { RecordedRequest } from '../request-log.ts';
import type { InjectedFault } from './injected-fault.ts';

interface QueuedFault {
  readonly fault: InjectedFault;
  remaining: number;
}

/** Injected faults that still wait for requests, in the order of injection. */
export class FaultQueue {
  #queue: QueuedFault[] = [];

  inject(fault: InjectedFault): { clear(): void } {
    const queued = { fault, remaining: fault.times ?? Number.POSITIVE_INFINITY };
    this.#queue.push(queued);
    return { clear: () => void (this.#queue = this.#queue.filter((one) => one !== queued)) };
  }

  clear(): void {
    this.#queue = [];
  }

  /** Returns the first fault that matches a request, and counts it as used once. */
  take(request: RecordedRequest): InjectedFault | undefined {
    const queued = this.#queue.find(
      ({ fault, remaining }) => remaining > 0 && matches(fault, request),
    );
    if (queued === undefined) return undefined;
    queued.remaining--;
    if (queued.remaining <= 0) this.#queue = this.#queue.filter((one) => one !== queued);
    return queued.fault;
  }
}

function matches({ operation, when }: InjectedFault, request: RecordedRequest): boolean {
  const named = operation === undefined || operation === request.operation;
  return named && (when === undefined || when(request));
}
