import { GetAsyncInvokeCommand } from '@aws-sdk/client-bedrock-runtime';
import { Fault } from '../invocations/fault.ts';
import type { Invocation } from '../invocations/invocation.ts';
import type { Call } from '../invocations/source.ts';
import type { Upstream } from './client.ts';
import { send } from './send.ts';
import { toInvocation } from './to-invocation.ts';
import { UnreadableAnswer } from './unreadable-answer.ts';

/**
 * One invocation, or null when there is none with this ARN. The ARN must be well formed: it becomes part of the path, and
 * an empty one would turn the request into a list.
 *
 * The service models no not-found: for an ARN that it does not know it answers `ValidationException` (nothing else about
 * a well-formed ARN can be invalid) or `ResourceNotFoundException`.
 *
 * @throws {Fault}
 */
export async function getAsyncInvoke(
  { client, region }: Upstream,
  invocationArn: string,
  call: Call,
): Promise<Invocation | null> {
  const input = { invocationArn };
  const dispatch = () => client.send(new GetAsyncInvokeCommand(input));
  try {
    return await send({ name: 'GetAsyncInvoke', region, input, dispatch }, call, (wire) =>
      toAnswer(wire, invocationArn),
    );
  } catch (error) {
    if (error instanceof Fault && (error.kind === 'invalid' || error.kind === 'missing'))
      return null;
    throw error;
  }
}

function toAnswer(wire: Readonly<Record<string, unknown>>, invocationArn: string): Invocation {
  const invocation = toInvocation(wire);
  if (invocation?.invocationArn === invocationArn) return invocation;
  throw new UnreadableAnswer('the answer is about another invocation');
}
