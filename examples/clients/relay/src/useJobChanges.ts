import { useEffect, useEffectEvent } from 'react';
import { graphql, requestSubscription, useRelayEnvironment } from 'react-relay';
import type {
  useJobChangesSubscription,
  useJobChangesSubscription$data,
} from './__generated__/useJobChangesSubscription.graphql';

/** Follows all jobs. The store writes over those that it has, by their `id`, and their rows render again. */
export function useJobChanges(
  onChange: (job: useJobChangesSubscription$data['asyncInvokeChanged']) => void,
) {
  const environment = useRelayEnvironment();
  const tell = useEffectEvent(onChange);
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
      onNext: (data) => data && tell(data.asyncInvokeChanged),
    });
    return dispose;
  }, [environment]);
}
