import {
  type FragmentDefinitionNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

type FieldCounts = ReadonlyMap<string, number>;

/** The name under which fragment spreads are counted. No field can have it. */
const SPREAD = '...';

/**
 * Counts how often each response name is selected in one place, including through fragments, and
 * how many fragments are spread there. Validation compares each pair.
 */
export class FieldCounter {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #countedFragments = new Map<string, FieldCounts>();

  constructor(fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
    this.#fragments = fragments;
  }

  /** Returns the count of the name that is selected most often. */
  maxCount(selectionSet: SelectionSetNode): number {
    return Math.max(...this.#selectionSet(selectionSet).values());
  }

  #selectionSet({ selections }: SelectionSetNode): FieldCounts {
    const counts = new Map<string, number>();
    for (const selection of selections) {
      for (const [name, count] of this.#selection(selection)) {
        counts.set(name, (counts.get(name) ?? 0) + count);
      }
    }
    return counts;
  }

  #selection(selection: SelectionNode): FieldCounts {
    switch (selection.kind) {
      case Kind.FIELD:
        return new Map([[(selection.alias ?? selection.name).value, 1]]);
      case Kind.INLINE_FRAGMENT:
        return this.#selectionSet(selection.selectionSet);
      case Kind.FRAGMENT_SPREAD:
        return withSpread(this.#fragment(selection.name.value));
      default:
        return selection satisfies never;
    }
  }

  #fragment(name: string): FieldCounts {
    const counted = this.#countedFragments.get(name);
    if (counted) return counted;
    const counts = new Map<string, number>();
    const fragment = this.#fragments.get(name);
    if (!fragment) return counts;
    // Ends the recursion for a fragment that spreads itself, which validation rejects.
    this.#countedFragments.set(name, counts);
    const complete = this.#selectionSet(fragment.selectionSet);
    this.#countedFragments.set(name, complete);
    return complete;
  }
}

function withSpread(counts: FieldCounts): FieldCounts {
  return new Map(counts).set(SPREAD, (counts.get(SPREAD) ?? 0) + 1);
}
