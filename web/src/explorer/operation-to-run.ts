import type { FetcherParams } from '@graphiql/toolkit';
import type { SubscribePayload } from 'graphql-ws';
import {
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
} from 'graphql';

interface OperationToRun {
  readonly operation: SubscribePayload;
  readonly isSubscription: boolean;
}

/**
 * Says what is run by the text alone. GraphiQL has the name and the kind of the operation from its last look at the
 * editor, which may have been at another tab's.
 */
export function operationToRun({ query, operationName, variables }: FetcherParams): OperationToRun {
  const operations = operationsOf(query);
  const chosen =
    operations.find(({ name }) => name && name.value === operationName) ?? operations[0];
  return {
    operation: {
      query,
      operationName: chosen?.name?.value,
      variables: variables as SubscribePayload['variables'],
    },
    isSubscription: chosen?.operation === OperationTypeNode.SUBSCRIPTION,
  };
}

/** None where there is a syntax error, of which the gateway tells more. */
function operationsOf(query: string): OperationDefinitionNode[] {
  let document: DocumentNode;
  try {
    document = parse(query);
  } catch {
    return [];
  }
  return document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
}
