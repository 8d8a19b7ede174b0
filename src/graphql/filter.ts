import type { Invocation, InvocationStatus } from '../invocations/invocation.ts';
import { windowContains, type SubmitTimeWindow } from '../invocations/paging/submit-time-window.ts';
import { userInputError } from './user-input-error.ts';
import type { AsyncInvokeFilter } from './__generated__/types.ts';

export interface Filter {
  readonly statusEquals: InvocationStatus | undefined;
  readonly window: SubmitTimeWindow;
}

/** @throws {UserInputError} `INVALID_FILTER`. */
export function parseFilter(filter: AsyncInvokeFilter | null | undefined): Filter {
  const { statusEquals, submitTimeAfter, submitTimeBefore } = filter ?? {};
  if (statusEquals === 'UNKNOWN') {
    throw userInputError('INVALID_FILTER', '`statusEquals` cannot be `UNKNOWN`.');
  }
  if (submitTimeAfter && submitTimeBefore && submitTimeAfter >= submitTimeBefore) {
    throw userInputError(
      'INVALID_FILTER',
      '`submitTimeAfter` must be earlier than `submitTimeBefore`.',
    );
  }
  return {
    statusEquals: statusEquals ?? undefined,
    window: { after: submitTimeAfter?.getTime(), before: submitTimeBefore?.getTime() },
  };
}

/** Whether a job is one of those, as it is now. */
export function matches({ statusEquals, window }: Filter, job: Invocation): boolean {
  if (statusEquals !== undefined && job.status !== statusEquals) return false;
  if (window.after === undefined && window.before === undefined) return true;
  return job.submitTime !== null && windowContains(window, job.submitTime);
}
