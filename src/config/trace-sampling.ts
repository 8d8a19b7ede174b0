import { ConfigError } from './config-error.ts';
import type { Variables } from './read-config.ts';

const ENDPOINTS = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];

/**
 * The share of traces to keep, from 0 to 1, where OpenTelemetry's own variables ask for traces; else undefined. What else
 * they say is for the exporter to read.
 *
 * @throws {ConfigError}
 */
export function readTraceRatio(variables: Variables): number | undefined {
  const off = variables.OTEL_SDK_DISABLED === 'true' || variables.OTEL_TRACES_EXPORTER === 'none';
  if (off || !ENDPOINTS.some((name) => variables[name])) return undefined;
  const asked = variables.OTEL_TRACES_SAMPLER_ARG ?? '';
  const ratio = asked === '' ? 1 : Number(asked);
  if (ratio >= 0 && ratio <= 1) return ratio;
  throw new ConfigError(['OTEL_TRACES_SAMPLER_ARG: must be a number from 0 to 1']);
}
