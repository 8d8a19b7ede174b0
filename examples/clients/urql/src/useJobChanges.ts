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

/** Follows all jobs. The cache writes over those that it has, by their `id`, and their rows render again. */
export function useJobChanges(
  onChange: (job: JobChangesSubscription['asyncInvokeChanged']) => void,
) {
  const client = useClient();
  const tell = useEffectEvent(onChange);
  useEffect(() => {
    // Not `useSubscription`, which would render the list at each change.
    const { unsubscribe } = client
      .subscription(JOB_CHANGES, {})
      .subscribe(({ data }) => data && tell(data.asyncInvokeChanged));
    return unsubscribe;
  }, [client]);
}
