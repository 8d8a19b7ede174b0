import type { ConnectionState } from '../feed/connection-status.ts';
import { useStore } from '../feed/store.ts';
import { formatDuration, formatTime } from './format.ts';
import { Icon } from './Icon.tsx';
import { useServices } from './services-context.ts';
import { useNow } from './use-now.ts';

interface BannerProps {
  readonly hasJobs: boolean;
  readonly onRetry: () => void;
}

type ProblemState = NonNullable<ConnectionState['problem']>;

/**
 * Shows the current problem, or that the last one is over. The element stays in the page, so that
 * screen readers announce its changes.
 */
export function Banner({ hasJobs, onRetry }: BannerProps) {
  const { problem, recovered } = useStore(useServices().connectionStatus);
  const text = problem ? problemText(problem) : recovered && recoveredText(recovered);
  const staleNote = problem && hasJobs ? ' The jobs below may be out of date.' : '';
  return (
    <div className="banner-container">
      <div
        className={problem ? 'banner is-problem' : 'banner is-recovered'}
        data-kind={problem?.kind}
        hidden={!text}
      >
        <Icon name={problem ? 'warning' : 'COMPLETED'} />
        <p role="status">
          {text}
          {staleNote}
        </p>
        {problem && problem.kind !== 'unauthenticated' && (
          <>
            <Countdown retryAt={problem.retryAt} />
            <button type="button" className="button" onClick={onRetry}>
              Try now
            </button>
          </>
        )}
      </div>
    </div>
  );
}

/** Hidden from screen readers, which would announce every second. */
function Countdown({ retryAt = 0 }: { readonly retryAt: number | undefined }) {
  const secondsLeft = Math.ceil((retryAt - useNow(1000)) / 1000);
  if (secondsLeft < 2) return null;
  return (
    <span className="countdown" aria-hidden="true">
      retrying in {formatDuration(secondsLeft)}
    </span>
  );
}

function problemText({ kind, since, message }: ProblemState): string {
  const at = formatTime(since);
  switch (kind) {
    case 'offline':
      return `You have been offline since ${at}. The page will reconnect automatically.`;
    case 'unreachable':
      return `The gateway has been unreachable since ${at}. Retrying automatically.`;
    case 'overloaded':
      return `The gateway has been overloaded since ${at}. Retrying automatically.`;
    case 'upstream':
      return `Amazon Bedrock has been unavailable since ${at}. Retrying automatically.`;
    case 'throttled':
      return message?.startsWith('Amazon')
        ? `Amazon Bedrock has been throttling requests since ${at}. Retrying automatically.`
        : `Rate limit exceeded. Retrying automatically.`;
    case 'unauthenticated':
      return 'Sign in to continue.';
    case 'forbidden':
      return `Access denied: ${message ?? 'the gateway does not allow you to list jobs.'}`;
    case 'internal_error':
      return `An error occurred at ${at}: ${message ?? 'no details.'} Retrying automatically.`;
    default:
      return kind satisfies never;
  }
}

function recoveredText({
  kind,
  since,
  at,
}: NonNullable<ConnectionState['recovered']>): string | undefined {
  const when = `at ${formatTime(at)}, after ${formatDuration((at - since) / 1000)}`;
  switch (kind) {
    case 'offline':
      return `You came back online ${when}. All changes have been loaded.`;
    case 'unreachable':
    case 'overloaded':
      return `The gateway became available again ${when}. All changes have been loaded.`;
    case 'upstream':
      return `Amazon Bedrock became available again ${when}. All changes have been loaded.`;
    case 'throttled':
    case 'unauthenticated':
    case 'forbidden':
    case 'internal_error':
      return undefined;
    default:
      return kind satisfies never;
  }
}
