import type { HealthState } from '../feed/health.ts';
import { useStore } from '../feed/store.ts';
import { Icon } from './Icon.tsx';
import { useServices } from './services.ts';
import { clockTime, duration } from './text.ts';
import { useNow } from './use-now.ts';

interface BannerProps {
  readonly hasJobs: boolean;
  readonly onRetry: () => void;
}

type TroubleState = NonNullable<HealthState['trouble']>;

/** What keeps the page from being up to date, and that it is over. The element stays, so that its changes are announced. */
export function Banner({ hasJobs, onRetry }: BannerProps) {
  const { trouble, over } = useStore(useServices().health);
  const text = trouble ? troubleText(trouble) : over && overText(over);
  const rest = trouble && hasJobs ? ' Showing what was known.' : '';
  return (
    <div className="banner-place">
      <div
        className={trouble ? 'banner is-trouble' : 'banner is-over'}
        data-kind={trouble?.kind}
        hidden={!text}
      >
        <Icon name={trouble ? 'warning' : 'COMPLETED'} />
        <p role="status">
          {text}
          {rest}
        </p>
        {trouble && trouble.kind !== 'unauthenticated' && (
          <>
            <Countdown retryAt={trouble.retryAt} />
            <button type="button" className="button" onClick={onRetry}>
              Try now
            </button>
          </>
        )}
      </div>
    </div>
  );
}

/** For the eyes only: a voice that counts is no help. */
function Countdown({ retryAt = 0 }: { readonly retryAt: number | undefined }) {
  const left = Math.ceil((retryAt - useNow(1000)) / 1000);
  if (left < 2) return null;
  return (
    <span className="countdown" aria-hidden="true">
      going on in {duration(left)}
    </span>
  );
}

function troubleText({ kind, since, message }: TroubleState): string {
  const at = clockTime(since);
  switch (kind) {
    case 'offline':
      return `This device is offline since ${at}. The page goes on by itself when it is back.`;
    case 'gateway':
      return `The gateway cannot be reached since ${at}. Trying again by itself.`;
    case 'busy':
      return `The gateway has too much to do since ${at}. Trying again by itself.`;
    case 'upstream':
      return `Amazon Bedrock could not be read since ${at}. Trying again by itself.`;
    case 'throttled':
      return message?.startsWith('Amazon')
        ? `Amazon Bedrock asks to slow down since ${at}. Going on by itself.`
        : `Too much was asked for within a minute. Going on by itself.`;
    case 'unauthenticated':
      return 'This gateway asks who you are.';
    case 'forbidden':
      return `Not allowed: ${message ?? 'the gateway refuses to show its jobs.'}`;
    case 'defect':
      return `Something went wrong at ${at}: ${message ?? 'the gateway did not say what.'} Trying again by itself.`;
    default:
      return kind satisfies never;
  }
}

function overText({ kind, since, at }: NonNullable<HealthState['over']>): string | undefined {
  const lasted = duration((at - since) / 1000);
  switch (kind) {
    case 'offline':
      return `Online again since ${clockTime(at)}, after ${lasted}. What happened meanwhile is here.`;
    case 'gateway':
    case 'busy':
      return `The gateway is back since ${clockTime(at)}, after ${lasted}. What happened meanwhile is here.`;
    case 'upstream':
      return `Amazon Bedrock is back since ${clockTime(at)}, after ${lasted}. What happened meanwhile is here.`;
    case 'throttled':
    case 'unauthenticated':
    case 'forbidden':
    case 'defect':
      return undefined;
    default:
      return kind satisfies never;
  }
}
