import { GetAsyncInvokeCommand } from '@aws-sdk/client-bedrock-runtime';
import { UpstreamError } from '../invocations/upstream-error.ts';
import type { Invocation } from '../invocations/invocation.ts';
import type { CallContext } from '../invocations/source.ts';
import type { Upstream } from './sdk/client.ts';
import { callSdk } from './call-sdk.ts';
import { toInvocation } from './to-invocation.ts';
import { InvalidResponseError } from './sdk/invalid-response-error.ts';

/**
 * One invocation, or null when there is none with this ARN. The ARN must be well formed: it becomes part of the path, and
 * an empty one would turn the request into a list.
 *
 * The service models no not-found: for an ARN that it does not know it answers `ValidationException` (nothing else about
 * a well-formed ARN can be invalid) or `ResourceNotFoundException`.
 *
 * @throws {UpstreamError}
 */
export async function getAsyncInvoke(
  { client, region }: Upstream,
  invocationArn: string,
  call: CallContext,
): Promise<Invocation | null> {
  const input = { invocationArn };
  const send = () => client.send(new GetAsyncInvokeCommand(input));
  try {
    return await callSdk({ name: 'GetAsyncInvoke', region, input, send }, call, (wire) =>
      toAnswer(wire, invocationArn),
    );
  } catch (error) {
    if (error instanceof UpstreamError && (error.kind === 'invalid' || error.kind === 'not_found'))
      return null;
    throw error;
  }
}

function toAnswer(wire: Readonly<Record<string, unknown>>, invocationArn: string): Invocation {
  const invocation = toInvocation(wire);
  if (invocation?.invocationArn === invocationArn) return invocation;
  throw new InvalidResponseError('the answer is about another invocation');
}
