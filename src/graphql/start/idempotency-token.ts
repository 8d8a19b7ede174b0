import { createHash, createHmac } from 'node:crypto';

/**
 * Returns the token sent to Amazon Bedrock for a caller's `clientRequestToken`: `<owner>-<digest>`,
 * 32 and 64 lower-case hex digits. The owner marks the invocations of one idempotency scope. The
 * digest covers the scope and the caller's token.
 *
 * Every gateway computes the same token, so a retry through another gateway finds the invocation
 * that the first one started. Callers in different scopes never share a token. AWS accepts only
 * letters, digits and inner hyphens, so the digest is hex.
 *
 * Never change this: retries that span a deployment would start a second job.
 */
export function toUpstreamIdempotencyToken(
  idempotencyScope: string,
  clientRequestToken: string,
): string {
  const owner = createHmac('sha256', OWNER_KEY).update(idempotencyScope).digest('hex').slice(0, 32);
  const digest = createHash('sha256')
    .update(JSON.stringify(['bedrock-async-graphql', idempotencyScope, clientRequestToken]))
    .digest('hex');
  return `${owner}-${digest}`;
}

/** Not a secret: it only separates these digests from others. */
const OWNER_KEY = 'bedrock-async-graphql';
