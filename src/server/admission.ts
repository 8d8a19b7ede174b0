import { HeaderMap } from '@apollo/server';
import { type ASTNode, GraphQLError, OperationTypeNode } from 'graphql';
import { costOf } from '../graphql/cost.ts';
import {
  type OperationRequest,
  type RootField,
  rootFieldsOf,
} from '../graphql/operation-request.ts';
import { checkReferences } from '../graphql/references.ts';
import { checkModelInputs } from '../graphql/start-input.ts';
import type { Caller } from './auth/caller.ts';
import { type PublicError, toPublicError } from './public-error.ts';
import { rateLimited, type RateLimiter } from './rate-limiter.ts';

export interface AdmissionOptions {
  readonly cost: number;
  readonly references: number;
  readonly costPerMinute: number | undefined;
  readonly rateLimiter: RateLimiter;
}

/**
 * Decides over an operation as a whole, before anything of it runs: whether it may, and what it may cost.
 *
 * @throws {GraphQLError} with the code and HTTP status of the refusal.
 */
export async function admit(
  request: OperationRequest,
  caller: Caller,
  options: AdmissionOptions,
  counted: (cost: number) => void,
): Promise<void> {
  try {
    const fields = checkFields(request, caller, options);
    checkStream(request, fields);
    const cost = costOf(fields);
    counted(cost);
    checkCost(cost, options.cost);
    await checkRate(caller, cost, options);
  } catch (error) {
    throw refusalOf(error);
  }
}

const FOR_ROUTERS = new Set(['_entities', '_service']);

function checkFields(
  request: OperationRequest,
  caller: Caller,
  { references }: AdmissionOptions,
): readonly RootField[] {
  const { schema, operation } = request;
  // graphql-js 16 lets a document through that names a root type which the schema lacks, and fails when executing it.
  if (!schema.getRootType(operation.operation)) {
    const message = `This graph has no ${operation.operation} operations.`;
    throw refusal(400, message, { code: 'GRAPHQL_VALIDATION_FAILED' }, [operation]);
  }
  const fields = rootFieldsOf(request);
  if (!caller.isRouter && fields.some(({ name }) => FOR_ROUTERS.has(name))) {
    throw refusal(403, 'Only a router may ask for this.', { code: 'FORBIDDEN' });
  }
  checkReferences(schema, fields, references);
  checkModelInputs(fields);
  return fields;
}

/** A subscription whose only field is skipped has nothing to follow. */
function checkStream({ operation }: OperationRequest, fields: readonly RootField[]): void {
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION || fields.length === 1) return;
  const message = 'A subscription must have one field, and not leave it out.';
  throw refusal(400, message, { code: 'GRAPHQL_VALIDATION_FAILED' }, [operation]);
}

function checkCost(cost: number, max: number): void {
  if (cost <= max) return;
  const message = `The operation may cost ${cost}, more than the ${max} allowed.`;
  const code = 'COST_ESTIMATED_TOO_EXPENSIVE';
  throw refusal(400, message, { code, limit: 'MAX_COST', max, cost });
}

async function checkRate(
  { identity }: Caller,
  cost: number,
  { rateLimiter, costPerMinute }: AdmissionOptions,
): Promise<void> {
  const retryAfterMs = await rateLimiter.consume(identity, cost);
  if (retryAfterMs === undefined) return;
  const { message, extensions } = rateLimited(retryAfterMs, costPerMinute);
  throw refusal(429, message, extensions);
}

function refusalOf(error: unknown): unknown {
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
