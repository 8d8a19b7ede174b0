import type { Config, LogLevel } from './config.ts';
import { ConfigError } from './config-error.ts';
import { type Environment, environment } from './environment.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/** What a way of running changes in the defaults; a variable that is set still wins. */
export interface ModeDefaults {
  readonly introspection: boolean;
  readonly corsOrigins: readonly string[];
  readonly landingPage: boolean;
  readonly logLevel: LogLevel;
}

/**
 * A configuration out of environment variables.
 *
 * @throws {ConfigError} that names every variable that cannot be used.
 */
export function readConfig(variables: Variables, mode: ModeDefaults): Config {
  const set = Object.entries(variables).filter(([, value]) => value !== undefined && value !== '');
  const { success, data, error } = environment.safeParse(Object.fromEntries(set));
  const problems = [
    ...(error?.issues ?? []).map(
      ({ path, message }) => `${path.map(String).join('.')}: ${message}`,
    ),
    ...problemsOf(variables),
  ];
  if (!success || problems.length > 0) throw new ConfigError(problems);
  return toConfig(data, mode);
}

/** Protection that somebody may believe in must not be ignored without a word. */
const UNSUPPORTED = ['AUTH_JWKS_URL', 'ROUTER_SECRET'];

/** What each variable alone cannot show. */
function problemsOf(variables: Variables): string[] {
  const unsupported = UNSUPPORTED.filter((name) => variables[name]).map(
    (name) => `${name}: is not supported by this version, which lets in everyone who can reach it`,
  );
  if (!variables.HOST || isLoopback(variables.HOST) || variables.ALLOW_ANONYMOUS === 'true') {
    return unsupported;
  }
  return [
    ...unsupported,
    'HOST: is not a loopback address, and nobody who could reach it there would be asked who they are; ' +
      'set ALLOW_ANONYMOUS=true where something in front of the gateway does that',
  ];
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function toConfig(env: Environment, mode: ModeDefaults): Config {
  return {
    host: env.HOST,
    port: env.PORT,
    graphRole: env.GRAPH_ROLE,
    logLevel: env.LOG_LEVEL ?? mode.logLevel,
    requestTimeoutMs: env.REQUEST_TIMEOUT_MS,
    listMaxUpstreamCalls: env.LIST_MAX_UPSTREAM_CALLS,
    introspection: env.INTROSPECTION ?? mode.introspection,
    corsOrigins: env.CORS_ORIGINS ?? mode.corsOrigins,
    landingPage: mode.landingPage,
    upstream: {
      region: env.AWS_REGION ?? env.AWS_DEFAULT_REGION,
      accountId: env.AWS_ACCOUNT_ID,
      endpoint: env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME,
      attemptTimeoutMs: env.UPSTREAM_ATTEMPT_TIMEOUT_MS,
      maxAttempts: env.UPSTREAM_MAX_ATTEMPTS,
      maxSockets: env.UPSTREAM_CONCURRENCY,
      maxResponseBytes: env.UPSTREAM_MAX_RESPONSE_BYTES,
    },
  };
}
