import type { GraphqlAnswer } from './graphql-client.ts';
import type { Gateway } from './gateway.ts';
import { START, type StartJson } from './queries.ts';

/** A gateway that starts one model, into one folder. */
export const MAY_START = {
  ENABLE_START: 'true',
  START_ALLOWED_MODELS: 'luma.ray-v2:0',
  START_ALLOWED_OUTPUTS: 's3://renders/team-a',
};

/** An input that such a gateway starts. */
export function startInput(changes: Readonly<Record<string, unknown>> = {}) {
  return {
    modelId: 'luma.ray-v2:0',
    modelInput: { prompt: 'a lighthouse in a storm' },
    outputDataConfig: { s3OutputDataConfig: { s3Uri: 's3://renders/team-a/spring' } },
    clientRequestToken: 'wish-1',
    ...changes,
  };
}

export function outputTo(config: Readonly<Record<string, unknown>>) {
  return {
    outputDataConfig: { s3OutputDataConfig: { s3Uri: 's3://renders/team-a/spring', ...config } },
  };
}

/** Sent as it is written, so that a test may send what `JSON.stringify` would not. */
export function startWith(gateway: Gateway, input: string, headers = {}): Promise<GraphqlAnswer> {
  return gateway.fetch({
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: `{"query":${JSON.stringify(START)},"variables":{"input":${input}}}`,
  });
}

export function start(
  gateway: Gateway,
  changes: Readonly<Record<string, unknown>> = {},
  headers = {},
): Promise<GraphqlAnswer> {
  return startWith(gateway, JSON.stringify(startInput(changes)), headers);
}

/** The payload; without one it says why there is none. */
export function payloadOf({ data, errors }: GraphqlAnswer): StartJson {
  const payload = data?.startAsyncInvoke;
  if (!payload) throw new Error(`no payload: ${JSON.stringify(errors)}`);
  return payload as StartJson;
}

export function arnOf(answer: GraphqlAnswer): string {
  const { asyncInvoke, userErrors } = payloadOf(answer);
  if (!asyncInvoke) throw new Error(`nothing was started: ${JSON.stringify(userErrors)}`);
  return asyncInvoke.invocationArn;
}

/** The bodies of what Amazon Bedrock was asked to start, oldest first. */
export function startsSeen({ emulator }: Gateway): Readonly<Record<string, unknown>>[] {
  return emulator.requests
    .filter(({ operation }) => operation === 'StartAsyncInvoke')
    .map(({ body }) => JSON.parse(body) as Record<string, unknown>);
}
