import { ConfigError } from './config-error.ts';
import type { Variables } from './read-config.ts';

const ENDPOINTS = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];

/**
 * Returns the share of traces to keep, from 0 to 1, or undefined if OpenTelemetry's own variables
 * do not enable traces. The exporter reads the other OpenTelemetry variables.
 *
 * @throws {ConfigError}
 */
export function readTraceRatio(variables: Variables): number | undefined {
  const off = variables.OTEL_SDK_DISABLED === 'true' || variables.OTEL_TRACES_EXPORTER === 'none';
  if (off || !ENDPOINTS.some((name) => variables[name])) return undefined;
  const setting = variables.OTEL_TRACES_SAMPLER_ARG ?? '';
  const ratio = setting === '' ? 1 : Number(setting);
  if (ratio >= 0 && ratio <= 1) return ratio;
  throw new ConfigError(['OTEL_TRACES_SAMPLER_ARG: must be a number from 0 to 1']);
}
