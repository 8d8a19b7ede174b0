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
  readonly fields: number;
  /** Fields of one name in one place: each is compared with each when the document is validated. */
  readonly fieldConflicts: number;
}

type Measure = keyof DocumentLimits;
type DocumentMetrics = Readonly<Record<Measure, number>>;
type FieldCounts = ReadonlyMap<string, number>;

const ZERO: DocumentMetrics = {
  depth: 0,
  aliases: 0,
  directives: 0,
  rootFields: 0,
  fields: 0,
  fieldConflicts: 0,
};

const NAMES: Readonly<Record<Measure, readonly [setting: string, words: string]>> = {
  depth: ['MAX_DEPTH', 'is nested more deeply than'],
  aliases: ['MAX_ALIASES', 'has more aliases than'],
  directives: ['MAX_DIRECTIVES', 'has more directives than'],
  rootFields: ['MAX_ROOT_FIELDS', 'has more fields at its root than'],
  fields: ['MAX_FIELDS', 'has more fields in all than'],
  fieldConflicts: ['MAX_FIELD_CONFLICTS', 'has more fields of one name in one place than'],
};

export interface ExceededLimit {
  readonly message: string;
  readonly limit: string;
  readonly max: number;
}

/** The limits that one of a document's operations exceeds, with their settings and values. */
export function findExceededLimits(
  document: DocumentNode,
  limits: DocumentLimits,
): ExceededLimit[] {
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
function measureOperations(document: DocumentNode): DocumentMetrics[] {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition);
    } else if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
  }
  const known = new Map<string, DocumentMetrics>();

  const ofFragment = (name: string): DocumentMetrics => {
    const fragment = fragments.get(name);
    const measured = known.get(name);
    if (measured || !fragment) return measured ?? ZERO;
    // A fragment that spreads itself is refused by another rule.
    known.set(name, ZERO);
    const measures = addMetrics(ofSelections(fragment.selectionSet), {
      ...ZERO,
      directives: fragment.directives?.length ?? 0,
    });
    known.set(name, measures);
    return measures;
  };

  const ofSelection = (selection: SelectionNode): DocumentMetrics => {
    const own = { ...ZERO, directives: selection.directives?.length ?? 0 };
    switch (selection.kind) {
      case Kind.FIELD: {
        const inner = selection.selectionSet ? ofSelections(selection.selectionSet) : ZERO;
        const isIntrospection = selection.name.value.startsWith('__');
        return {
          depth: isIntrospection ? 1 : inner.depth + 1,
          aliases: inner.aliases + (selection.alias ? 1 : 0),
          directives: inner.directives + own.directives,
          // Seen from above, a field is one; what is inside is not at the root.
          rootFields: 1,
          fields: inner.fields + 1,
          fieldConflicts: inner.fieldConflicts,
        };
      }
      case Kind.FRAGMENT_SPREAD:
        return addMetrics(own, ofFragment(selection.name.value));
      case Kind.INLINE_FRAGMENT:
        return addMetrics(own, ofSelections(selection.selectionSet));
      default:
        return selection satisfies never;
    }
  };

  const ofSelections = (selectionSet: SelectionSetNode): DocumentMetrics => {
    const measures = selectionSet.selections.map(ofSelection).reduce(addMetrics, ZERO);
    const fieldConflicts = Math.max(...namesIn(selectionSet).values());
    return addMetrics(measures, { ...ZERO, fieldConflicts });
  };

  /** How often each name of an answer stands in one place, with the fragments that are spread there. */
  const namesIn = ({ selections }: SelectionSetNode): FieldCounts => {
    const names = new Map<string, number>();
    for (const selection of selections) {
      for (const [name, count] of namesOf(selection))
        names.set(name, (names.get(name) ?? 0) + count);
    }
    return names;
  };
  const namesOf = (selection: SelectionNode): FieldCounts => {
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
  const fragmentNames = new Map<string, FieldCounts>();
  const namesInFragment = (name: string): FieldCounts => {
    const fragment = fragments.get(name);
    const counted = fragmentNames.get(name);
    if (counted || !fragment) return counted ?? new Map<string, number>();
    fragmentNames.set(name, new Map());
    const names = namesIn(fragment.selectionSet);
    fragmentNames.set(name, names);
    return names;
  };

  return operations.map((operation) =>
    addMetrics(ofSelections(operation.selectionSet), {
      ...ZERO,
      directives: operation.directives?.length ?? 0,
    }),
  );
}

function addMetrics(a: DocumentMetrics, b: DocumentMetrics): DocumentMetrics {
  return {
    depth: Math.max(a.depth, b.depth),
    aliases: a.aliases + b.aliases,
    directives: a.directives + b.directives,
    rootFields: a.rootFields + b.rootFields,
    fields: a.fields + b.fields,
    fieldConflicts: Math.max(a.fieldConflicts, b.fieldConflicts),
  };
}
