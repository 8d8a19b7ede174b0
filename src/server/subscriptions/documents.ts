import { createHash } from 'node:crypto';
import {
  type DocumentNode,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  validate,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { LimitsConfig } from '../../config/config.ts';
import { findExceededLimits } from '../../graphql/limits/document-limits.ts';

/** What a client sends to subscribe. */
export interface SubscriptionRequest {
  readonly query?: unknown;
  readonly operationName?: unknown;
  readonly variables?: unknown;
}

/** A request whose document is known to be good. */
export interface ParsedSubscription {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The same for requests that will be answered the same. */
  readonly key: string;
}

const MAX_KNOWN = 1000;
const MAX_KNOWN_CHARACTERS = 4_194_304;
const MAX_VALIDATION_ERRORS = 5;

/** Reads requests to subscribe as Apollo Server reads the others: with the same limits, and the same words. */
export class SubscriptionDocuments {
  readonly #schema: GraphQLSchema;
  readonly #limits: LimitsConfig;
  readonly #exposesSchema: boolean;
  readonly #known = new LRUCache<string, DocumentNode>({
    max: MAX_KNOWN,
    maxSize: MAX_KNOWN_CHARACTERS,
    sizeCalculation: (_document, query) => Math.max(1, query.length),
  });

  constructor(schema: GraphQLSchema, limits: LimitsConfig, introspection: boolean) {
    this.#schema = schema;
    this.#limits = limits;
    this.#exposesSchema = introspection;
  }

  /** @throws {SubscriptionRefusedError} */
  read({ query, operationName, variables }: SubscriptionRequest): ParsedSubscription {
    if (typeof query !== 'string' || query === '') {
      throw refused('BAD_REQUEST', 'Send the document as `query`.');
    }
    if (operationName != null && typeof operationName !== 'string') {
      throw refused('BAD_REQUEST', '`operationName` must be text.');
    }
    if (variables != null && (typeof variables !== 'object' || Array.isArray(variables))) {
      throw refused('BAD_REQUEST', '`variables` must be an object.');
    }
    const document = this.#known.get(query) ?? this.#parse(query);
    this.#known.set(query, document);
    const operation = getOperationAST(document, operationName);
    if (!operation) {
      const message = 'The document does not say which of its operations is meant.';
      throw refused('OPERATION_RESOLUTION_FAILURE', message);
    }
    if (operation.operation !== OperationTypeNode.SUBSCRIPTION) {
      const message = `Send a ${operation.operation} with POST, and accept JSON; this is for subscriptions.`;
      throw new NotASubscriptionError([
        new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } }),
      ]);
    }
    const declared = pickDeclaredVariables(operation, { ...variables });
    return {
      document,
      operation,
      operationName: operationName ?? undefined,
      variables: declared,
      key: keyOf([query, operationName, declared]),
    };
  }

  #parse(query: string): DocumentNode {
    let document: DocumentNode;
    try {
      document = parse(query, { maxLexicalTokens: this.#limits.documentTokens });
    } catch (error) {
      throw new SubscriptionRefusedError([withCode('GRAPHQL_PARSE_FAILED', error as GraphQLError)]);
    }
    const [exceeded] = findExceededLimits(document, this.#limits);
    if (exceeded) {
      const { message, limit, max } = exceeded;
      throw refused('GRAPHQL_VALIDATION_FAILED', message, { limit, max });
    }
    const maxErrors = MAX_VALIDATION_ERRORS;
    const errors = validate(this.#schema, document, undefined, { maxErrors });
    // Kept for as long as anybody subscribes: without its text.
    if (errors.length === 0) return parse(query, { noLocation: true });
    throw new SubscriptionRefusedError(
      errors.map((error) => withCode('GRAPHQL_VALIDATION_FAILED', error, this.#exposesSchema)),
    );
  }
}

/** A request that cannot be subscribed to, with all that is wrong with it. */
export class SubscriptionRefusedError extends Error {
  override readonly name = 'Refused';
  readonly errors: readonly GraphQLError[];

  constructor(errors: readonly GraphQLError[]) {
    super(errors.map(({ message }) => message).join('\n'));
    this.errors = errors;
  }
}

/** The variables that an operation can have any use for. */
function pickDeclaredVariables(
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const names = variableDefinitions.map(({ variable }) => variable.name.value);
  const given = names.filter((name) => Object.hasOwn(variables, name));
  return Object.fromEntries(given.map((name) => [name, variables[name]]));
}

/** @throws {SubscriptionRefusedError} for what is nested so deeply that it cannot be written. */
function keyOf(parts: readonly unknown[]): string {
  try {
    return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
  } catch {
    throw refused('BAD_USER_INPUT', '`variables` are nested too deeply.');
  }
}

/** An operation of another kind, which is answered once. */
export class NotASubscriptionError extends SubscriptionRefusedError {}

function refused(code: string, message: string, more: object = {}): SubscriptionRefusedError {
  return new SubscriptionRefusedError([
    new GraphQLError(message, { extensions: { code, ...more } }),
  ]);
}

/** Whoever may not see the schema is not told what else it has either. */
const SUGGESTION = / ?Did you mean .+\?$/;

export function withCode(
  code: string,
  { message, nodes, source, positions }: GraphQLError,
  tellsSchema = true,
): GraphQLError {
  return new GraphQLError(tellsSchema ? message : message.replace(SUGGESTION, ''), {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    extensions: { code },
  });
}
