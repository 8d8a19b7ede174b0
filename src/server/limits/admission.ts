import { type GraphQLError, OperationTypeNode } from 'graphql';
import { estimateCost } from '../../graphql/limits/cost.ts';
import { assertReferenceLimits } from '../../graphql/limits/reference-limits.ts';
import {
  collectRootFields,
  type ExecutableOperation,
  type RootField,
} from '../../graphql/limits/root-fields.ts';
import { assertModelInputs } from '../../graphql/start/parse-start-input.ts';
import type { Caller } from '../auth/caller.ts';
import { graphqlRefusal, toGraphqlError } from '../documents/refusal.ts';
import { FEDERATION_FIELDS, ROUTER_ONLY } from './federation-fields.ts';
import { PREPAID_COST, rateLimitError, type RateLimiter } from './rate-limiter.ts';

export interface AdmissionOptions {
  readonly cost: number;
  readonly idsPerOperation: number;
  readonly costPerMinute: number | undefined;
  readonly rateLimiter: RateLimiter;
  /** What the caller has paid for the request already. */
  readonly prepaidCost: number;
}

/**
 * Checks an operation before any of it runs: its fields, their references, its cost, and the
 * caller's rate limit. Calls `onCost` once the cost is known, before the cost is checked. Returns
 * the fields.
 *
 * @throws {GraphQLError} with the code and HTTP status of the refusal.
 */
export async function admitOperation(
  operation: ExecutableOperation,
  caller: Caller,
  options: AdmissionOptions,
  onCost: (cost: number) => void,
): Promise<readonly RootField[]> {
  try {
    const fields = collectRootFields(operation);
    assertFields(operation, fields, caller, options);
    assertStream(operation, fields);
    const cost = Math.max(PREPAID_COST, estimateCost(fields));
    onCost(cost);
    assertCost(cost, options.cost);
    await assertRate(caller, cost, options);
    return fields;
  } catch (error) {
    throw toGraphqlError(error);
  }
}

function assertFields(
  { schema }: ExecutableOperation,
  fields: readonly RootField[],
  caller: Caller,
  { idsPerOperation }: AdmissionOptions,
): void {
  if (!caller.isRouter && fields.some(({ name }) => FEDERATION_FIELDS.has(name))) {
    throw graphqlRefusal(403, ROUTER_ONLY, { code: 'FORBIDDEN' });
  }
  assertReferenceLimits(schema, fields, idsPerOperation);
  assertModelInputs(fields);
}

/** Validation allows a subscription whose only field is skipped, which has no events to send. */
function assertStream({ operation }: ExecutableOperation, fields: readonly RootField[]): void {
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION || fields.length === 1) return;
  const message = 'A subscription must select exactly one field, and it must not be skipped.';
  const code = 'GRAPHQL_VALIDATION_FAILED';
  throw graphqlRefusal(400, message, { code }, { nodes: [operation] });
}

function assertCost(cost: number, max: number): void {
  if (cost <= max) return;
  const message =
    `The operation costs ${cost}, more than the ${max} allowed (\`MAX_COST\`). ` +
    'Request fewer fields or smaller pages.';
  const code = 'COST_ESTIMATED_TOO_EXPENSIVE';
  throw graphqlRefusal(400, message, { code, limit: 'MAX_COST', max, cost });
}

async function assertRate(
  { identity }: Caller,
  cost: number,
  { rateLimiter, costPerMinute, prepaidCost }: AdmissionOptions,
): Promise<void> {
  const retryAfterMs = await rateLimiter.consume(identity, cost - prepaidCost);
  if (retryAfterMs !== undefined) throw rateLimitExceeded(retryAfterMs, costPerMinute);
}

export function rateLimitExceeded(retryAfterMs: number, max: number | undefined): GraphQLError {
  const { message, extensions } = rateLimitError(retryAfterMs, max);
  return graphqlRefusal(429, message, extensions);
}
