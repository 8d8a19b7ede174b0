import type { Invocation, InvocationStatus } from '../invocations/invocation.ts';
import { windowContains, type SubmitTimeWindow } from '../invocations/paging/submit-time-window.ts';
import { userInputError } from './user-input-error.ts';
import type { AsyncInvokeFilter } from './__generated__/types.ts';

/** A filter that was checked, in the domain's types. */
export interface Filter {
  readonly statusEquals: InvocationStatus | undefined;
  readonly window: SubmitTimeWindow;
}

/**
 * Checks the filter and converts its times to milliseconds since the epoch.
 *
 * @throws {UserInputError} `INVALID_FILTER`
 */
export function parseFilter(filter: AsyncInvokeFilter | null | undefined): Filter {
  const { statusEquals, submitTimeAfter, submitTimeBefore } = filter ?? {};
  if (statusEquals === 'UNKNOWN') {
    throw userInputError(
      'INVALID_FILTER',
      '`statusEquals` cannot be `UNKNOWN`: AWS has no such status to filter by.',
    );
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

/** Returns whether an invocation matches the filter in its current state. */
export function matches({ statusEquals, window }: Filter, invocation: Invocation): boolean {
  if (statusEquals !== undefined && invocation.status !== statusEquals) return false;
  if (window.after === undefined && window.before === undefined) return true;
  return invocation.submitTime !== null && windowContains(window, invocation.submitTime);
}
