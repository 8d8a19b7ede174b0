import { UpstreamError, type UpstreamErrorKind } from '../../../src/invocations/upstream-error.ts';
import { toPublicError } from '../../../src/server/errors/public-error.ts';

const CODES: Readonly<Record<UpstreamErrorKind, string>> = {
  access_denied: 'FORBIDDEN',
  invalid: 'BAD_USER_INPUT',
  not_found: 'BAD_GATEWAY',
  conflict: 'CONFLICT',
  quota: 'QUOTA_EXCEEDED',
  throttled: 'RATE_LIMITED',
  rate_limited: 'RATE_LIMITED',
  timeout: 'GATEWAY_TIMEOUT',
  unavailable: 'SERVICE_UNAVAILABLE',
  cancelled: 'SERVICE_UNAVAILABLE',
  invalid_response: 'BAD_GATEWAY',
};
const KINDS = Object.keys(CODES) as UpstreamErrorKind[];

it.each(KINDS)('an upstream error of kind %s has its public code', (kind) => {
  expect(toPublicError(new UpstreamError(kind, 'x'))?.extensions.code).toBe(CODES[kind]);
});

it.each(KINDS)('an upstream error of kind %s has a short sentence as its message', (kind) => {
  const message = toPublicError(new UpstreamError(kind, 'secret'))?.message;
  expect(message).toMatch(/^[A-Z].{10,300}\.$/);
  expect(message).not.toContain('secret');
});

it('an unknown error has no public message', () => {
  expect(toPublicError(new Error('secret'))).toBeUndefined();
});
