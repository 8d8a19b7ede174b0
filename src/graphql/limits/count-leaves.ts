import { type FieldNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';

type Fragments = Readonly<Record<string, FragmentDefinitionNode>>;

/**
 * Returns how many values one element of a field contains. Selections of the same response name
 * are merged. Type conditions and directives are ignored, so the count is a maximum.
 */
export function countLeaves(nodes: readonly FieldNode[], fragments: Fragments): number {
  const children = new Map<string, FieldNode[]>();
  for (const { selectionSet } of nodes) {
    if (selectionSet) collectChildren(selectionSet, fragments, children);
  }
  if (children.size === 0) return 1;
  let leaves = 0;
  for (const sameName of children.values()) leaves += countLeaves(sameName, fragments);
  return leaves;
}

function collectChildren(
  { selections }: SelectionSetNode,
  fragments: Fragments,
  children: Map<string, FieldNode[]>,
): void {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      const name = (selection.alias ?? selection.name).value;
      const sameName = children.get(name);
      if (sameName) sameName.push(selection);
      else children.set(name, [selection]);
    } else {
      const { selectionSet } =
        selection.kind === Kind.INLINE_FRAGMENT
          ? selection
          : (fragments[selection.name.value] ?? {});
      if (selectionSet) collectChildren(selectionSet, fragments, children);
    }
  }
}
