import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { FieldCounter } from './field-counter.ts';

/** The size of an operation, with each fragment counted wherever it is spread. */
export interface DocumentMetrics {
  /** How deep fields are nested. Fields inside of introspection fields do not count. */
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  readonly rootFields: number;
  readonly fields: number;
  /** How often one response name is selected, or fragments are spread, in one place. */
  readonly fieldConflicts: number;
}

const ZERO: DocumentMetrics = {
  depth: 0,
  aliases: 0,
  directives: 0,
  rootFields: 0,
  fields: 0,
  fieldConflicts: 0,
};

/** Returns the metrics of each operation. */
export function measureOperations(document: DocumentNode): DocumentMetrics[] {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition);
    } else if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
  }
  const measurer = new Measurer(fragments);
  return operations.map((operation) => measurer.measure(operation));
}

/**
 * Measures each fragment once, however often it is spread, so that the time is proportional to the
 * document even if the expanded document is exponentially larger.
 */
class Measurer {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #measuredFragments = new Map<string, DocumentMetrics>();
  readonly #fieldCounter: FieldCounter;

  constructor(fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
    this.#fragments = fragments;
    this.#fieldCounter = new FieldCounter(fragments);
  }

  measure(node: OperationDefinitionNode | FragmentDefinitionNode): DocumentMetrics {
    return addMetrics(this.#selectionSet(node.selectionSet), countDirectives(node));
  }

  #selectionSet(selectionSet: SelectionSetNode): DocumentMetrics {
    const measured = selectionSet.selections
      .map((selection) => this.#selection(selection))
      .reduce(addMetrics, ZERO);
    const fieldConflicts = this.#fieldCounter.maxCount(selectionSet);
    return addMetrics(measured, { ...ZERO, fieldConflicts });
  }

  #selection(selection: SelectionNode): DocumentMetrics {
    switch (selection.kind) {
      case Kind.FIELD:
        return this.#field(selection);
      case Kind.FRAGMENT_SPREAD:
        return addMetrics(countDirectives(selection), this.#fragment(selection.name.value));
      case Kind.INLINE_FRAGMENT:
        return addMetrics(countDirectives(selection), this.#selectionSet(selection.selectionSet));
      default:
        return selection satisfies never;
    }
  }

  #field(field: FieldNode): DocumentMetrics {
    const inner = field.selectionSet ? this.#selectionSet(field.selectionSet) : ZERO;
    const isIntrospection = field.name.value.startsWith('__');
    return {
      depth: isIntrospection ? 1 : inner.depth + 1,
      aliases: inner.aliases + (field.alias ? 1 : 0),
      directives: inner.directives + countDirectives(field).directives,
      // Only the field itself can be at the root, and not the fields inside of it.
      rootFields: 1,
      fields: inner.fields + 1,
      fieldConflicts: inner.fieldConflicts,
    };
  }

  #fragment(name: string): DocumentMetrics {
    const measured = this.#measuredFragments.get(name);
    if (measured) return measured;
    const fragment = this.#fragments.get(name);
    if (!fragment) return ZERO;
    // Ends the recursion for a fragment that spreads itself, which validation rejects.
    this.#measuredFragments.set(name, ZERO);
    const metrics = this.measure(fragment);
    this.#measuredFragments.set(name, metrics);
    return metrics;
  }
}

function countDirectives({
  directives = [],
}: {
  readonly directives?: readonly DirectiveNode[] | undefined;
}): DocumentMetrics {
  return { ...ZERO, directives: directives.length };
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
