import { useEffect, useEffectEvent } from 'react';
import { graphql, requestSubscription, useRelayEnvironment } from 'react-relay';
import type {
  useJobChangesSubscription,
  useJobChangesSubscription$data,
} from './__generated__/useJobChangesSubscription.graphql';

/**
 * Follows all jobs. The store updates the jobs that it has, by `id`, and their rows render again.
 * Calls `onChange` for every event.
 */
export function useJobChanges(
  onChange: (job: useJobChangesSubscription$data['asyncInvokeChanged']) => void,
) {
  const environment = useRelayEnvironment();
  const notify = useEffectEvent(onChange);
  useEffect(() => {
    const { dispose } = requestSubscription<useJobChangesSubscription>(environment, {
      subscription: graphql`
        subscription useJobChangesSubscription {
          asyncInvokeChanged {
            id
            status
            submitTime
            ...JobRow_job
          }
        }
      `,
      variables: {},
      onNext: (data) => data && notify(data.asyncInvokeChanged),
    });
    return dispose;
  }, [environment]);
}
