import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** What a document may hold at the most, with its fragments written out wherever they are spread. */
export interface DocumentLimits {
  /** Of fields in fields. What introspection selects is not counted. */
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  readonly rootFields: number;
  /** Fields in all. */
  readonly selections: number;
  /** Fields of one name in one place: each is compared with each when the document is validated. */
  readonly repeats: number;
}

type Measure = keyof DocumentLimits;
type Measures = Readonly<Record<Measure, number>>;
type Names = ReadonlyMap<string, number>;

const NOTHING: Measures = {
  depth: 0,
  aliases: 0,
  directives: 0,
  rootFields: 0,
  selections: 0,
  repeats: 0,
};

const NAMES: Readonly<Record<Measure, readonly [setting: string, words: string]>> = {
  depth: ['MAX_DEPTH', 'is nested more deeply than'],
  aliases: ['MAX_ALIASES', 'has more aliases than'],
  directives: ['MAX_DIRECTIVES', 'has more directives than'],
  rootFields: ['MAX_ROOT_FIELDS', 'has more fields at its root than'],
  selections: ['MAX_SELECTIONS', 'has more fields in all than'],
  repeats: ['MAX_REPEATS', 'has more fields of one name in one place than'],
};

export interface ExceededLimit {
  readonly message: string;
  readonly limit: string;
  readonly max: number;
}

/** The limits that one of a document's operations exceeds, with their settings and values. */
export function exceededLimits(document: DocumentNode, limits: DocumentLimits): ExceededLimit[] {
  const measured = measureOperations(document);
  return (Object.entries(NAMES) as [Measure, [string, string]][])
    .filter(([name]) => measured.some((measures) => measures[name] > limits[name]))
    .map(([name, [limit, words]]) => {
      const max = limits[name];
      return { message: `The document ${words} the ${max} allowed.`, limit, max };
    });
}

/**
 * The measures of each operation. A fragment is measured once, however often it is spread, so that the time is in
 * proportion to the document even where what it expands to is not.
 */
function measureOperations(document: DocumentNode): Measures[] {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition);
    } else if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
  }
  const known = new Map<string, Measures>();

  const ofFragment = (name: string): Measures => {
    const fragment = fragments.get(name);
    const measured = known.get(name);
    if (measured || !fragment) return measured ?? NOTHING;
    // A fragment that spreads itself is refused by another rule.
    known.set(name, NOTHING);
    const measures = plus(ofSelections(fragment.selectionSet), {
      ...NOTHING,
      directives: fragment.directives?.length ?? 0,
    });
    known.set(name, measures);
    return measures;
  };

  const ofSelection = (selection: SelectionNode): Measures => {
    const own = { ...NOTHING, directives: selection.directives?.length ?? 0 };
    switch (selection.kind) {
      case Kind.FIELD: {
        const inner = selection.selectionSet ? ofSelections(selection.selectionSet) : NOTHING;
        const isIntrospection = selection.name.value.startsWith('__');
        return {
          depth: isIntrospection ? 1 : inner.depth + 1,
          aliases: inner.aliases + (selection.alias ? 1 : 0),
          directives: inner.directives + own.directives,
          // Seen from above, a field is one; what is inside is not at the root.
          rootFields: 1,
          selections: inner.selections + 1,
          repeats: inner.repeats,
        };
      }
      case Kind.FRAGMENT_SPREAD:
        return plus(own, ofFragment(selection.name.value));
      case Kind.INLINE_FRAGMENT:
        return plus(own, ofSelections(selection.selectionSet));
      default:
        return selection satisfies never;
    }
  };

  const ofSelections = (selectionSet: SelectionSetNode): Measures => {
    const measures = selectionSet.selections.map(ofSelection).reduce(plus, NOTHING);
    const repeats = Math.max(...namesIn(selectionSet).values());
    return plus(measures, { ...NOTHING, repeats });
  };

  /** How often each name of an answer stands in one place, with the fragments that are spread there. */
  const namesIn = ({ selections }: SelectionSetNode): Names => {
    const names = new Map<string, number>();
    for (const selection of selections) {
      for (const [name, count] of namesOf(selection))
        names.set(name, (names.get(name) ?? 0) + count);
    }
    return names;
  };
  const namesOf = (selection: SelectionNode): Names => {
    switch (selection.kind) {
      case Kind.FIELD:
        return new Map([[(selection.alias ?? selection.name).value, 1]]);
      case Kind.INLINE_FRAGMENT:
        return namesIn(selection.selectionSet);
      case Kind.FRAGMENT_SPREAD:
        return namesInFragment(selection.name.value);
      default:
        return selection satisfies never;
    }
  };
  const fragmentNames = new Map<string, Names>();
  const namesInFragment = (name: string): Names => {
    const fragment = fragments.get(name);
    const counted = fragmentNames.get(name);
    if (counted || !fragment) return counted ?? new Map<string, number>();
    fragmentNames.set(name, new Map());
    const names = namesIn(fragment.selectionSet);
    fragmentNames.set(name, names);
    return names;
  };

  return operations.map((operation) =>
    plus(ofSelections(operation.selectionSet), {
      ...NOTHING,
      directives: operation.directives?.length ?? 0,
    }),
  );
}

function plus(a: Measures, b: Measures): Measures {
  return {
    depth: Math.max(a.depth, b.depth),
    aliases: a.aliases + b.aliases,
    directives: a.directives + b.directives,
    rootFields: a.rootFields + b.rootFields,
    selections: a.selections + b.selections,
    repeats: Math.max(a.repeats, b.repeats),
  };
}
