import { useEffect, useEffectEvent } from 'react';
import { useClient } from 'urql';
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
  const client = useClient();
  const notify = useEffectEvent(onChange);
  useEffect(() => {
    // `useSubscription` would render the list again for every change.
    const { unsubscribe } = client
      .subscription(JOB_CHANGES, {})
      .subscribe(({ data }) => data && notify(data.asyncInvokeChanged));
    return unsubscribe;
  }, [client]);
}
