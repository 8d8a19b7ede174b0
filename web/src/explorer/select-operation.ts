import type { FetcherParams } from '@graphiql/toolkit';
import {
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
} from 'graphql';
import type { SubscribePayload } from 'graphql-ws';

interface SelectedOperation {
  readonly operation: SubscribePayload;
  readonly isSubscription: boolean;
}

/**
 * Selects the operation to run from the query text alone. GraphiQL's own name and type of the
 * operation may still be those of another tab.
 */
export function selectOperation({
  query,
  operationName,
  variables,
}: FetcherParams): SelectedOperation {
  const operations = parseOperations(query);
  const selected =
    operations.find(({ name }) => name && name.value === operationName) ?? operations[0];
  return {
    operation: {
      query,
      operationName: selected?.name?.value,
      variables: variables as SubscribePayload['variables'],
    },
    isSubscription: selected?.operation === OperationTypeNode.SUBSCRIPTION,
  };
}

/** Returns no operations on a syntax error. The gateway reports the error in more detail. */
function parseOperations(query: string): OperationDefinitionNode[] {
  let document: DocumentNode;
  try {
    document = parse(query);
  } catch {
    return [];
  }
  return document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
}
