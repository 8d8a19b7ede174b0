import DataLoader from 'dataloader';
import type { Invocation } from '../invocations/invocation.ts';
import { type InvocationCache, getMany, addToCache } from '../invocations/get-many.ts';
import { type CallContext, type InvocationSource, ownsArn } from '../invocations/source.ts';

/**
 * Loads invocations by ARN for one request, each at most once. What a list of the same request has shown by the time that
 * it is an ARN's turn is not read again; fields side by side start together, so that is one that had to wait. An ARN of an account or Region that no source serves costs nothing and is null, exactly like one that does not
 * exist; for what the others cost see {@link getMany}.
 */
export class InvocationLoader {
  readonly #sources: readonly InvocationSource[];
  readonly #call: CallContext;
  readonly #known: InvocationCache = new Map();
  readonly #loader = new DataLoader<string, Invocation | null>((arns) => this.#loadBatch(arns));

  constructor(sources: readonly InvocationSource[], call: CallContext) {
    this.#sources = sources;
    this.#call = call;
  }

  /** @throws {Fault} */
  load(invocationArn: string): Promise<Invocation | null> {
    return this.#loader.load(invocationArn);
  }

  /** Takes note of what a list has shown. */
  remember(rows: readonly (Invocation | null)[]): void {
    addToCache(rows, this.#known);
  }

  async #loadBatch(invocationArns: readonly string[]): Promise<(Invocation | null | Error)[]> {
    const bySource = Map.groupBy(invocationArns, (arn) =>
      this.#sources.find((source) => ownsArn(source, arn)),
    );
    const results = new Map<string, Invocation | null | Error>();
    const reads = [...bySource].map(async ([source, arns]) => {
      if (!source) return;
      const read = await getMany(source, arns, this.#known, this.#call);
      arns.forEach((arn, index) => results.set(arn, read[index] ?? null));
    });
    await Promise.all(reads);
    return invocationArns.map((arn) => results.get(arn) ?? null);
  }
}
