import type { AsyncInvokeStatus } from '../__generated__/graphql.ts';
import { Icon } from './Icon.tsx';
import { statusText } from './text.ts';

interface StatusMarkProps {
  readonly status: AsyncInvokeStatus | null;
  readonly rawStatus: string | null;
}

/** Never by colour alone. */
export function StatusMark({ status, rawStatus }: StatusMarkProps) {
  return (
    <span className="status" data-status={status ?? 'UNKNOWN'}>
      <Icon name={status ?? 'UNKNOWN'} />
      <span>{statusText(status, rawStatus)}</span>
    </span>
  );
}
