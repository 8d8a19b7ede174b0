import {
  getNamedType,
  GraphQLError,
  isLeafType,
  ScalarLeafsRule,
  specifiedRules,
  type ValidationRule,
} from 'graphql';

type Context = Parameters<ValidationRule>[0];
type Visitor = ReturnType<ValidationRule>;

/** Returns the rules for a graph with or without introspection. */
export function validationRules(introspection: boolean): readonly ValidationRule[] {
  return introspection ? specifiedRules : RULES_WITHOUT_INTROSPECTION;
}

function NoIntrospectionRule(context: Context): Visitor {
  return {
    Field: (node) => {
      if (node.name.value !== '__schema' && node.name.value !== '__type') return;
      const message = `Introspection is disabled: \`${node.name.value}\` needs \`INTROSPECTION=true\`.`;
      context.reportError(new GraphQLError(message, { nodes: node }));
    },
  };
}

/** Replaces the rule of graphql-js that writes a suggestion even if suggestions are hidden. */
function SelectionsRule(context: Context): Visitor {
  return {
    Field: (node) => {
      const type = context.getType();
      const hasSelections = (node.selectionSet?.selections.length ?? 0) > 0;
      if (!type || isLeafType(getNamedType(type)) !== hasSelections) return;
      const message = hasSelections
        ? `Field "${node.name.value}" must not have a selection: its type "${String(type)}" has no fields.`
        : `Field "${node.name.value}" must have a selection of fields of its type "${String(type)}".`;
      context.reportError(new GraphQLError(message, { nodes: node }));
    },
  };
}

const RULES_WITHOUT_INTROSPECTION = [
  ...specifiedRules.map((rule) => (rule === ScalarLeafsRule ? SelectionsRule : rule)),
  NoIntrospectionRule,
];
