import { GetAsyncInvokeCommand } from '@aws-sdk/client-bedrock-runtime';
import type { Invocation } from '../invocations/invocation.ts';
import type { CallContext } from '../invocations/source.ts';
import { UpstreamError } from '../invocations/upstream-error.ts';
import { callSdk } from './call-sdk.ts';
import type { Upstream } from './sdk/client.ts';
import { InvalidResponseError } from './sdk/invalid-response-error.ts';
import type { JsonObject } from './sdk/raw-json-protocol.ts';
import { toInvocation } from './to-invocation.ts';

/**
 * Returns one invocation, or null when there is none with this ARN. The ARN must be well formed: it
 * becomes part of the path, and an empty one would turn the request into a list.
 *
 * The service model has no not-found error. For an unknown ARN the service returns
 * `ValidationException` (nothing else about a well-formed ARN can be invalid) or
 * `ResourceNotFoundException`.
 *
 * @throws {UpstreamError}
 */
export async function getAsyncInvoke(
  { client, region }: Upstream,
  invocationArn: string,
  call: CallContext,
): Promise<Invocation | null> {
  const input = { invocationArn };
  const operation = {
    name: 'GetAsyncInvoke',
    region,
    input,
    send: () => client.send(new GetAsyncInvokeCommand(input)),
  } as const;
  try {
    return await callSdk(operation, call, (json) => parseResponse(json, invocationArn));
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

function isNotFound(error: unknown): boolean {
  if (!(error instanceof UpstreamError)) return false;
  return error.kind === 'invalid' || error.kind === 'not_found';
}

function parseResponse(json: JsonObject, invocationArn: string): Invocation {
  const invocation = toInvocation(json);
  if (invocation?.invocationArn === invocationArn) return invocation;
  throw new InvalidResponseError('the response is about another invocation');
}
