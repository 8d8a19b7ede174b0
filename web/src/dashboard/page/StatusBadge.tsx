import type { AsyncInvokeStatus } from '../__generated__/graphql.ts';
import { statusLabel } from './format.ts';
import { Icon } from './Icon.tsx';

interface StatusBadgeProps {
  readonly status: AsyncInvokeStatus | null;
  readonly rawStatus: string | null;
}

/** Shows a status by icon and text, never by colour alone. */
export function StatusBadge({ status, rawStatus }: StatusBadgeProps) {
  return (
    <span className="status" data-status={status ?? 'UNKNOWN'}>
      <Icon name={status ?? 'UNKNOWN'} />
      <span>{statusLabel(status, rawStatus)}</span>
    </span>
  );
}
