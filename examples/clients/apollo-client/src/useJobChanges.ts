import { useSubscription } from '@apollo/client/react';
import { graphql } from './gql';
import type { JobChangesSubscription } from './gql/graphql';

const JOB_CHANGES = graphql(`
  subscription JobChanges {
    asyncInvokeChanged {
      id
      status
      submitTime
      ...JobRow
    }
  }
`);

/**
 * Follows all jobs. The cache updates the jobs that it has, by `id`, and their rows render again.
 * Calls `onChange` for every event.
 */
export function useJobChanges(
  onChange: (job: JobChangesSubscription['asyncInvokeChanged']) => void,
) {
  useSubscription(JOB_CHANGES, {
    ignoreResults: true,
    onData: ({ data: { data } }) => data && onChange(data.asyncInvokeChanged),
  });
}
