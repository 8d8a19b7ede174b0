import type { Config } from '../../config/config.ts';
import { ChangeFeed, type ChangeFeedReports } from '../../invocations/change-feed.ts';
import { Fault } from '../../invocations/fault.ts';
import type { InvocationSource } from '../../invocations/source.ts';
import type { Metrics } from '../metrics.ts';
import type { SubscriptionLog } from './subscriptions.ts';

export interface FeedParts {
  readonly config: Config;
  readonly metrics: Metrics;
  readonly log: SubscriptionLog;
  /** What was read until now is not as good as new any more. */
  readonly outdate: () => void;
}

/** One feed for each source, for all who subscribe. */
export function createFeeds(
  sources: readonly InvocationSource[],
  { config, metrics, log, outdate }: FeedParts,
): ChangeFeed[] {
  const options = {
    ...config.polling,
    timeoutMs: config.requestTimeoutMs,
    maxCalls: config.listMaxUpstreamCalls,
  };
  const reportsOf = ({ region }: InvocationSource): ChangeFeedReports => ({
    observed: (upstreamCall) => {
      metrics.countUpstreamCall(upstreamCall);
    },
    tolerated: (fault) => {
      log.warn({ err: fault, kind: fault.kind }, 'upstream fault, made up for');
    },
    failed: (error, nextMs) => {
      if (error instanceof Fault) {
        log.warn({ err: error, kind: error.kind, region, nextMs }, 'changes cannot be read');
      } else log.error({ err: error, region, nextMs }, 'internal error');
    },
    recovered: () => {
      log.info({ region }, 'changes can be read again');
    },
    changed: outdate,
  });
  return sources.map((source) => new ChangeFeed(source, options, reportsOf(source)));
}
