import { HeaderMap } from '@apollo/server';
import { type ASTNode, GraphQLError, OperationTypeNode } from 'graphql';
import { estimateCost } from '../../graphql/limits/cost.ts';
import {
  type OperationRequest,
  type RootField,
  collectRootFields,
} from '../../graphql/limits/root-fields.ts';
import { assertReferenceLimits } from '../../graphql/limits/reference-limits.ts';
import { assertModelInputs } from '../../graphql/start/parse-start-input.ts';
import type { Caller } from '../auth/caller.ts';
import { type PublicError, toPublicError } from '../errors/public-error.ts';
import { rateLimitError, type RateLimiter } from './rate-limiter.ts';

export interface AdmissionOptions {
  readonly cost: number;
  readonly idsPerOperation: number;
  readonly costPerMinute: number | undefined;
  readonly rateLimiter: RateLimiter;
}

/**
 * Decides over an operation as a whole, before anything of it runs: whether it may, and what it may cost.
 *
 * @throws {GraphQLError} with the code and HTTP status of the refusal.
 */
export async function admitOperation(
  request: OperationRequest,
  caller: Caller,
  options: AdmissionOptions,
  onCost: (cost: number) => void,
): Promise<void> {
  try {
    const fields = assertFields(request, caller, options);
    assertStream(request, fields);
    const cost = estimateCost(fields);
    onCost(cost);
    assertCost(cost, options.cost);
    await assertRate(caller, cost, options);
  } catch (error) {
    throw toGraphqlError(error);
  }
}

const FOR_ROUTERS = new Set(['_entities', '_service']);

function assertFields(
  request: OperationRequest,
  caller: Caller,
  { idsPerOperation }: AdmissionOptions,
): readonly RootField[] {
  const { schema, operation } = request;
  // graphql-js 16 lets a document through that names a root type which the schema lacks, and fails when executing it.
  if (!schema.getRootType(operation.operation)) {
    const message = `This graph has no ${operation.operation} operations.`;
    throw refusal(400, message, { code: 'GRAPHQL_VALIDATION_FAILED' }, [operation]);
  }
  const fields = collectRootFields(request);
  if (!caller.isRouter && fields.some(({ name }) => FOR_ROUTERS.has(name))) {
    throw refusal(403, 'Only a router may ask for this.', { code: 'FORBIDDEN' });
  }
  assertReferenceLimits(schema, fields, idsPerOperation);
  assertModelInputs(fields);
  return fields;
}

/** A subscription whose only field is skipped has nothing to follow. */
function assertStream({ operation }: OperationRequest, fields: readonly RootField[]): void {
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION || fields.length === 1) return;
  const message = 'A subscription must have one field, and not leave it out.';
  throw refusal(400, message, { code: 'GRAPHQL_VALIDATION_FAILED' }, [operation]);
}

function assertCost(cost: number, max: number): void {
  if (cost <= max) return;
  const message = `The operation may cost ${cost}, more than the ${max} allowed.`;
  const code = 'COST_ESTIMATED_TOO_EXPENSIVE';
  throw refusal(400, message, { code, limit: 'MAX_COST', max, cost });
}

async function assertRate(
  { identity }: Caller,
  cost: number,
  { rateLimiter, costPerMinute }: AdmissionOptions,
): Promise<void> {
  const retryAfterMs = await rateLimiter.consume(identity, cost);
  if (retryAfterMs === undefined) return;
  const { message, extensions } = rateLimitError(retryAfterMs, costPerMinute);
  throw refusal(429, message, extensions);
}

function toGraphqlError(error: unknown): unknown {
  const known = toPublicError(error);
  if (known) return refusal(400, known.message, known.extensions);
  // An argument's value, most often a null that a variable brought where none may be.
  if (error instanceof GraphQLError && error.extensions.code === undefined) {
    return refusal(400, error.message, { code: 'BAD_USER_INPUT' }, error.nodes);
  }
  return error;
}

export function refusal(
  status: number,
  message: string,
  extensions: PublicError['extensions'],
  nodes?: readonly ASTNode[],
): GraphQLError {
  const http = { status, headers: new HeaderMap() };
  return new GraphQLError(message, { nodes: nodes ?? null, extensions: { ...extensions, http } });
}
