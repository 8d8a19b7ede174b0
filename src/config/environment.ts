import { z } from 'zod';
import { GRAPH_ROLES, LOG_LEVELS } from './config.ts';

/**
 * The environment variables that are read, and what each may be. An empty variable counts as unset, as shells and
 * container files write it. The README's table says the same in words.
 */
export const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: integer(0, 65_535).default(4000),
  GRAPH_ROLE: z
    .enum(GRAPH_ROLES, { error: `must be ${GRAPH_ROLES.join(' or ')}` })
    .default('standalone'),
  ALLOW_ANONYMOUS: boolean().default(false),
  INTROSPECTION: boolean().optional(),
  CORS_ORIGINS: origins().optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS).optional(),
  REQUEST_TIMEOUT_MS: integer(1, 600_000).default(10_000),
  LIST_MAX_UPSTREAM_CALLS: integer(1, 1000).default(50),
  UPSTREAM_ATTEMPT_TIMEOUT_MS: integer(1, 600_000).default(3000),
  UPSTREAM_MAX_ATTEMPTS: integer(1, 10).default(2),
  UPSTREAM_CONCURRENCY: integer(1, 1000).default(32),
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

function region() {
  return text(/^[a-z0-9-]{1,20}$/, 'a Region such as `us-east-1`');
}

function text(pattern: RegExp, expectation: string) {
  return z.string().regex(pattern, `must be ${expectation}`);
}

function httpUrl() {
  return z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });
}

/** A comma-separated list, exactly as browsers send an `Origin`. */
function origins() {
  return z
    .string()
    .transform((list) => list.split(',').map((origin) => origin.trim()))
    .refine((list) => list.every(isOrigin), 'must be origins such as `https://app.example.com`');
}

function isOrigin(value: string): boolean {
  return URL.canParse(value) && new URL(value).origin === value;
}
