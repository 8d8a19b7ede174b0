import { z } from 'zod';
import { GRAPH_ROLES, LOG_LEVELS } from './config.ts';
import { isLoopback } from './loopback.ts';

/** Asymmetric algorithms only: a shared secret that verifies tokens can also forge them. */
const ALGORITHM = /^(?:RS|PS|ES)(?:256|384|512)$|^Ed25519$|^EdDSA$/;
const MODEL = /^[A-Za-z_./0-9:-]{1,256}$/;
const S3_FOLDER = /^s3:\/\/[a-z0-9][.\-a-z0-9]{1,61}[a-z0-9](?:\/[!-~]*)?$/;
const SECRET = /^[!-+\--~]{16,1024}$/;

/**
 * The environment variables and their valid values. The README's table documents them.
 * The caller drops empty variables first: shells and container files often set them to mean unset.
 */
export const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: integer(0, 65_535).default(4000),
  GRAPH_ROLE: z
    .enum(GRAPH_ROLES, { error: `must be ${GRAPH_ROLES.join(' or ')}` })
    .default('standalone'),
  ALLOW_ANONYMOUS: boolean().default(false),
  AUTH_JWKS_URL: httpsUrl().optional(),
  AUTH_ISSUER: z.string().optional(),
  AUTH_AUDIENCE: z.string().optional(),
  AUTH_ALGORITHMS: list(ALGORITHM, 'signature algorithms such as `RS256,ES256`').default(['RS256']),
  ROUTER_SECRET: list(
    SECRET,
    'one secret or two comma-separated secrets, each of at least 16 characters',
    2,
  ).default([]),
  MAX_BODY_BYTES: integer(1024, 16_777_216).default(262_144),
  MAX_BODY_BYTES_PER_CALLER: integer(1024, 1_073_741_824).default(1_048_576),
  MAX_RESPONSE_BYTES: integer(1024, 1_073_741_824).default(8_388_608),
  MAX_UNSENT_BYTES_PER_CALLER: integer(1024, 1_073_741_824).default(16_777_216),
  MAX_DOCUMENT_TOKENS: integer(1, 100_000).default(2000),
  MAX_LITERAL_LENGTH: integer(1, 1_000_000).default(4096),
  MAX_DEPTH: integer(1, 1000).default(10),
  MAX_ALIASES: integer(0, 10_000).default(20),
  MAX_DIRECTIVES: integer(0, 10_000).default(20),
  MAX_ROOT_FIELDS: integer(1, 1000).default(10),
  MAX_FIELDS: integer(1, 1_000_000).default(2000),
  MAX_FIELD_CONFLICTS: integer(1, 1_000_000).default(50),
  MAX_IDS_PER_OPERATION: integer(1, 1000).default(100),
  MAX_COST: integer(1, 1_000_000).default(2000),
  RATE_LIMIT: rateLimit().optional(),
  MAX_CONCURRENT_REQUESTS: integer(1, 100_000).default(1000),
  MAX_CONCURRENT_REQUESTS_PER_CALLER: integer(1, 100_000).optional(),
  MAX_CONCURRENT_COST_PER_CALLER: integer(1, 1_000_000_000).optional(),
  MAX_CONNECTIONS_PER_ADDRESS: integer(1, 100_000).optional(),
  MAX_EVENT_LOOP_DELAY_MS: integer(0, 60_000).default(1000),
  MAX_SUBSCRIPTIONS: integer(0, 1_000_000).default(10_000),
  MAX_SUBSCRIPTIONS_PER_CALLER: integer(0, 1_000_000).default(1000),
  MAX_SUBSCRIBED_ARNS_PER_CALLER: integer(1, 1_000_000).default(1000),
  MAX_WEBSOCKETS_PER_CALLER: integer(1, 1_000_000).default(100),
  MAX_PENDING_WEBSOCKETS_PER_ADDRESS: integer(1, 1_000_000).default(20),
  WEBSOCKET_IDLE_TIMEOUT_MS: integer(1000, 86_400_000).default(60_000),
  HEADERS_TIMEOUT_MS: integer(1, 600_000).default(10_000),
  DRAIN_GRACE_MS: integer(0, 600_000).optional(),
  METRICS: boolean().default(true),
  MANAGEMENT_PORT: integer(0, 65_535).optional(),
  TRUSTED_DOCUMENTS: z.string().optional(),
  TRUSTED_DOCUMENTS_ONLY: boolean().default(false),
  APQ: boolean().default(false),
  INTROSPECTION: boolean().optional(),
  DASHBOARD: boolean().optional(),
  EXPLORER: boolean().optional(),
  CORS_ORIGINS: origins().optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS).optional(),
  REQUEST_TIMEOUT_MS: integer(1, 600_000).default(10_000),
  LIST_MAX_UPSTREAM_CALLS: integer(1, 1000).default(50),
  LIST_CACHE_TTL_MS: integer(0, 60_000).default(1000),
  STALE_IF_ERROR_MS: integer(0, 3_600_000).default(60_000),
  CACHE_MAX_BYTES: integer(1_048_576, 4_294_967_296).default(67_108_864),
  NO_CACHE_REQUESTS_PER_MINUTE: integer(0, 1_000_000).default(30),
  EXPOSE_UPSTREAM_STATS: boolean().default(false),
  COMPILE_QUERIES: boolean().default(true),
  ENABLE_START: boolean().optional(),
  START_ALLOWED_MODELS: allowList(MODEL, 'model identifiers or ARNs').optional(),
  START_ALLOWED_OUTPUTS: allowList(
    S3_FOLDER,
    'S3 URIs of buckets or of folders in them, such as `s3://renders/team-a`',
  ).optional(),
  STARTS_PER_MINUTE: rateLimit().optional(),
  STARTS_PER_MINUTE_PER_CALLER: rateLimit().optional(),
  UPSTREAM_CALLS_PER_SECOND: rateLimit().optional(),
  UPSTREAM_CALLS_PER_SECOND_PER_CALLER: rateLimit().optional(),
  POLL_INTERVAL_MIN_MS: integer(100, 60_000).default(1000),
  POLL_INTERVAL_MAX_MS: integer(100, 600_000).default(10_000),
  UPSTREAM_ATTEMPT_TIMEOUT_MS: integer(1, 600_000).default(3000),
  UPSTREAM_MAX_ATTEMPTS: integer(1, 10).default(2),
  UPSTREAM_CONCURRENCY: integer(1, 1000).default(32),
  UPSTREAM_MAX_QUEUE: integer(0, 100_000).default(512),
  CIRCUIT_BREAKER_SIZE: integer(1, 1000).default(20),
  CIRCUIT_BREAKER_HALF_OPEN_AFTER_MS: integer(1, 600_000).default(5000),
  UPSTREAM_MAX_RESPONSE_BYTES: integer(1024, 1_073_741_824).default(8_388_608),
  AWS_REGION: region().optional(),
  AWS_DEFAULT_REGION: region().optional(),
  AWS_ACCOUNT_ID: text(/^\d{12}$/, 'an account number of twelve digits').optional(),
  AWS_ENDPOINT_URL_BEDROCK_RUNTIME: httpUrl().optional(),
});

export type Environment = z.infer<typeof environment>;

function integer(min: number, max: number) {
  const expectation = `a whole number from ${min} to ${max}`;
  return text(/^\d{1,10}$/, expectation)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be ${expectation}`);
}

function boolean() {
  return z
    .enum(['true', 'false'], { error: 'must be `true` or `false`' })
    .transform((value) => value === 'true');
}

function list(item: RegExp, expectation: string, max = 10) {
  return z
    .string()
    .transform((text) => text.split(',').map((each) => each.trim()))
    .refine(
      (items) => items.length <= max && items.every((each) => item.test(each)),
      `must be ${expectation}`,
    );
}

/** A comma-separated list, or `*` alone. Allowing everything must be explicit. */
function allowList(item: RegExp, expectation: string) {
  const items = list(item, '', 1000);
  return z.union([z.literal('*').transform((any) => [any]), items], {
    error: `must be comma-separated ${expectation}, or \`*\` for any`,
  });
}

/** A rate, or `off`. */
function rateLimit() {
  const expectation = 'a whole number from 1 to 1000000000, or `off`';
  return text(/^(?:off|[1-9]\d{0,9})$/, expectation)
    .transform((value) => (value === 'off' ? ('off' as const) : Number(value)))
    .refine((value) => value === 'off' || value <= 1_000_000_000, `must be ${expectation}`);
}

function region() {
  return text(/^[a-z0-9-]{1,20}$/, 'a Region such as `us-east-1`');
}

function text(pattern: RegExp, expectation: string) {
  return z.string().regex(pattern, `must be ${expectation}`);
}

function httpUrl() {
  return z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });
}

/** Keys fetched over plain HTTP could be forged, except on this machine. */
function httpsUrl() {
  return httpUrl().refine((url) => {
    if (!URL.canParse(url)) return false;
    const { protocol, hostname } = new URL(url);
    return protocol === 'https:' || isLoopback(hostname);
  }, 'must be an https URL, or an http URL of a loopback address');
}

/** A comma-separated list of origins, written as browsers send them in `Origin`. */
function origins() {
  return z
    .string()
    .transform((list) => list.split(',').map((origin) => origin.trim()))
    .refine((list) => list.every(isOrigin), 'must be origins such as `https://app.example.com`');
}

function isOrigin(value: string): boolean {
  return URL.canParse(value) && new URL(value).origin === value;
}
