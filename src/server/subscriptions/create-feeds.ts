import type { Config } from '../../config/config.ts';
import { ChangeFeed, type ChangeFeedHooks } from '../../invocations/changes/change-feed.ts';
import type { InvocationSource } from '../../invocations/source.ts';
import { UpstreamError } from '../../invocations/upstream-error.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { SubscriptionLog } from './subscription-manager.ts';

export interface FeedOptions {
  readonly config: Config;
  readonly metrics: Metrics;
  readonly log: SubscriptionLog;
  /** Called before changes are published, because cached pages do not show them. */
  readonly outdate: () => void;
}

/** Creates one change feed per source, shared by all subscriptions. */
export function createFeeds(
  sources: readonly InvocationSource[],
  { config, metrics, log, outdate }: FeedOptions,
): ChangeFeed[] {
  const options = {
    ...config.pollInterval,
    timeoutMs: config.requestTimeoutMs,
    maxCalls: config.listMaxUpstreamCalls,
    lookupsPerSecondPerCaller: config.upstream.callsPerSecondPerCaller,
  };
  const hooksOf = ({ region }: InvocationSource): ChangeFeedHooks => ({
    onUpstreamCall: (upstreamCall) => {
      metrics.countUpstreamCall(upstreamCall);
    },
    onRecoveredError: (error) => {
      log.warn({ err: error, kind: error.kind }, 'upstream error, served stale data');
    },
    onPollFailed: (error, nextMs) => {
      if (error instanceof UpstreamError) {
        const { kind } = error;
        log.warn({ err: error, kind, region, nextMs }, 'polling for changes failed');
      } else log.error({ err: error, region, nextMs }, 'internal error');
    },
    onPollRecovered: () => {
      log.info({ region }, 'polling for changes recovered');
    },
    onBeforePublish: outdate,
  });
  return sources.map((source) => new ChangeFeed(source, options, hooksOf(source)));
}
