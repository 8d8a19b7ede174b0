import type { Config } from '../../config/config.ts';
import { ChangeFeed, type ChangeFeedHooks } from '../../invocations/changes/change-feed.ts';
import { UpstreamError } from '../../invocations/upstream-error.ts';
import type { InvocationSource } from '../../invocations/source.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { SubscriptionLog } from './subscription-manager.ts';

export interface FeedOptions {
  readonly config: Config;
  readonly metrics: Metrics;
  readonly log: SubscriptionLog;
  /** What was read until now is not as good as new any more. */
  readonly outdate: () => void;
}

/** One feed for each source, for all who subscribe. */
export function createFeeds(
  sources: readonly InvocationSource[],
  { config, metrics, log, outdate }: FeedOptions,
): ChangeFeed[] {
  const options = {
    ...config.pollInterval,
    timeoutMs: config.requestTimeoutMs,
    maxCalls: config.listMaxUpstreamCalls,
  };
  const reportsOf = ({ region }: InvocationSource): ChangeFeedHooks => ({
    onUpstreamCall: (upstreamCall) => {
      metrics.countUpstreamCall(upstreamCall);
    },
    onRecoveredError: (fault) => {
      log.warn({ err: fault, kind: fault.kind }, 'upstream error, served stale data');
    },
    onPollFailed: (error, nextMs) => {
      if (error instanceof UpstreamError) {
        log.warn({ err: error, kind: error.kind, region, nextMs }, 'changes cannot be read');
      } else log.error({ err: error, region, nextMs }, 'internal error');
    },
    onPollRecovered: () => {
      log.info({ region }, 'changes can be read again');
    },
    onBeforePublish: outdate,
  });
  return sources.map((source) => new ChangeFeed(source, options, reportsOf(source)));
}
