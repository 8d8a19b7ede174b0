import type { UpstreamCall } from '../invocations/source.ts';
import type { Caller } from './auth/caller.ts';
import type { RequestTrace } from './request-trace.ts';

/** Log lines stay bounded, however much a request does. */
const MAX_REQUEST_IDS = 20;
const MAX_NAME_LENGTH = 100;

/** What a request was and did, as it becomes known; for its line in the log, and for metrics. */
export class RequestRecord {
  caller: Caller | undefined;
  cost: number | undefined;
  trace: RequestTrace | undefined;
  /** The codes of its errors, each once. */
  codes: readonly string[] = [];
  #operationName: string | undefined;
  #upstreamCalls = 0;
  readonly #awsRequestIds: string[] = [];

  get operationName(): string | undefined {
    return this.#operationName;
  }

  set operationName(name: string | undefined) {
    this.#operationName = name?.slice(0, MAX_NAME_LENGTH);
  }

  addUpstreamCall(call: UpstreamCall): void {
    const { attempts, requestId } = call;
    this.trace?.addUpstreamCall(call);
    this.#upstreamCalls += attempts;
    if (requestId !== undefined && this.#awsRequestIds.length < MAX_REQUEST_IDS) {
      this.#awsRequestIds.push(requestId);
    }
  }

  /** For the log: no document, variables, tokens or messages. */
  toLog(): object {
    return {
      identity: this.caller?.identity,
      operationName: this.#operationName,
      cost: this.cost,
      traceId: this.trace?.traceId,
      ...(this.codes.length > 0 && { codes: this.codes }),
      ...(this.#upstreamCalls > 0 && {
        upstreamCalls: this.#upstreamCalls,
        awsRequestIds: this.#awsRequestIds,
      }),
    };
  }
}
