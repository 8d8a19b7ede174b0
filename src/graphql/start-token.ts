import { createHash } from 'node:crypto';

/**
 * The token that the upstream is given for that of a caller. It is the same whenever and wherever it is made, so that each
 * gateway finds what another has started, and different for each namespace, so that no caller finds what another has.
 * A change to it would have wishes from before the change start again.
 */
export function upstreamToken(namespace: string, clientRequestToken: string): string {
  return createHash('sha256')
    .update(JSON.stringify(['bedrock-async-graphql', namespace, clientRequestToken]))
    .digest('base64url');
}
