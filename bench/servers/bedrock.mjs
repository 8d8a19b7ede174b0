import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/**
 * Creates the SDK client with its defaults. Endpoint and credentials come from the environment. The
 * handler uses HTTP/1.1, because the scripted upstream does not support HTTP/2, the default.
 */
export function createClient() {
  return new BedrockRuntimeClient({ requestHandler: new NodeHttpHandler() });
}
