import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/**
 * The SDK's client with its defaults, its endpoint and credentials from the environment. It would speak HTTP/2, which the
 * scripted upstream does not.
 */
export function createClient() {
  return new BedrockRuntimeClient({ requestHandler: new NodeHttpHandler() });
}
