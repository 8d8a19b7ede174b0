import type { Account } from '../account.ts';
import type { JobLedger } from '../jobs/job-ledger.ts';
import type { EmulatorKnobs } from '../knobs.ts';
import type { IdempotencyTokens } from './idempotency-tokens.ts';
import type { TokenMint } from './next-token.ts';

/** A request with the parts of it that carry members of an operation's input. */
export interface OperationRequest {
  readonly label: string;
  readonly query: URLSearchParams;
  readonly contentType: string | undefined;
  readonly body: string;
}

/** What an operation may use. Each checks its input, then has its effect, then maps its answer. */
export interface OperationContext {
  readonly account: Account;
  readonly clock: () => number;
  readonly knobs: EmulatorKnobs;
  readonly ledger: JobLedger;
  readonly idempotency: IdempotencyTokens;
  readonly tokens: TokenMint;
}
