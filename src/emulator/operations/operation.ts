import type { Account } from '../account.ts';
import type { JobGenerator } from '../jobs/job-generator.ts';
import type { EmulatorKnobs } from '../knobs.ts';
import type { IdempotencyTokens } from './idempotency-tokens.ts';
import type { NextTokenCodec } from './next-token.ts';

/** The parts of a request that carry members of an operation's input. */
export interface OperationRequest {
  readonly label: string;
  readonly query: URLSearchParams;
  readonly contentType: string | undefined;
  readonly body: string;
}

/**
 * The dependencies of an operation. Operations parse their input, take effect, and map the output.
 */
export interface OperationContext {
  readonly account: Account;
  readonly clock: () => number;
  readonly knobs: EmulatorKnobs;
  readonly generator: JobGenerator;
  readonly idempotency: IdempotencyTokens;
  readonly nextTokens: NextTokenCodec;
}
