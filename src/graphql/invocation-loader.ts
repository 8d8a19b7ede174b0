import DataLoader from 'dataloader';
import type { Invocation } from '../invocations/invocation.ts';
import { type InvocationCache, getMany, addToCache } from '../invocations/get-many.ts';
import { type CallContext, type InvocationSource, ownsArn } from '../invocations/source.ts';

/**
 * Loads invocations by ARN for one request, each at most once.
 *
 * Invocations that a list of the same request has already returned cost no call. An ARN of an
 * account or Region without a source costs no call and is null, like an invocation that does not
 * exist. For the cost of the others see {@link getMany}.
 */
export class InvocationLoader {
  readonly #sources: readonly InvocationSource[];
  readonly #callContext: CallContext;
  readonly #cache: InvocationCache = new Map();
  readonly #loader = new DataLoader<string, Invocation | null>((arns) => this.#loadBatch(arns));

  constructor(sources: readonly InvocationSource[], callContext: CallContext) {
    this.#sources = sources;
    this.#callContext = callContext;
  }

  /** @throws {UpstreamError} */
  load(invocationArn: string): Promise<Invocation | null> {
    return this.#loader.load(invocationArn);
  }

  /** Adds the rows of a list, so that loading them costs no call. */
  addRows(rows: readonly (Invocation | null)[]): void {
    addToCache(rows, this.#cache);
  }

  async #loadBatch(invocationArns: readonly string[]): Promise<(Invocation | null | Error)[]> {
    const bySource = Map.groupBy(invocationArns, (arn) =>
      this.#sources.find((source) => ownsArn(source, arn)),
    );
    const results = new Map<string, Invocation | null | Error>();
    const reads = [...bySource].map(async ([source, arns]) => {
      if (!source) return;
      const read = await getMany(source, arns, this.#cache, this.#callContext);
      arns.forEach((arn, index) => results.set(arn, read[index] ?? null));
    });
    await Promise.all(reads);
    return invocationArns.map((arn) => results.get(arn) ?? null);
  }
}
