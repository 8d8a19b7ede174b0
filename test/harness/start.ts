import type { Gateway } from './gateway.ts';
import type { GraphqlResponse } from './graphql-client.ts';
import { jsonRequest } from './http.ts';
import { START, type StartJson } from './queries.ts';

/** Settings that allow starting one model with output to one folder. */
export const MAY_START = {
  ENABLE_START: 'true',
  START_ALLOWED_MODELS: 'luma.ray-v2:0',
  START_ALLOWED_OUTPUTS: 's3://renders/team-a',
};

/** Returns an input that {@link MAY_START} allows. */
export function startInput(changes: Readonly<Record<string, unknown>> = {}) {
  return {
    modelId: 'luma.ray-v2:0',
    modelInput: { prompt: 'a lighthouse in a storm' },
    outputDataConfig: { s3OutputDataConfig: { s3Uri: 's3://renders/team-a/spring' } },
    clientRequestToken: 'token-1',
    ...changes,
  };
}

export function outputTo(config: Readonly<Record<string, unknown>>) {
  return {
    outputDataConfig: { s3OutputDataConfig: { s3Uri: 's3://renders/team-a/spring', ...config } },
  };
}

/** Sends the input unchanged, so that tests may send what `JSON.stringify` cannot produce. */
export function startWith(gateway: Gateway, input: string, headers = {}): Promise<GraphqlResponse> {
  const body = `{"query":${JSON.stringify(START)},"variables":{"input":${input}}}`;
  return gateway.fetch(jsonRequest(body, headers));
}

export function start(
  gateway: Gateway,
  changes: Readonly<Record<string, unknown>> = {},
  headers = {},
): Promise<GraphqlResponse> {
  return startWith(gateway, JSON.stringify(startInput(changes)), headers);
}

/** Returns the payload. Throws the errors if there is none. */
export function payloadOf({ data, errors }: GraphqlResponse): StartJson {
  const payload = data?.startAsyncInvoke;
  if (!payload) throw new Error(`no payload: ${JSON.stringify(errors)}`);
  return payload as StartJson;
}

/** Returns the ARN of the started invocation. */
export function arnOf(response: GraphqlResponse): string {
  const { asyncInvoke, userErrors } = payloadOf(response);
  if (!asyncInvoke) throw new Error(`nothing was started: ${JSON.stringify(userErrors)}`);
  return asyncInvoke.invocationArn;
}

/** Returns the bodies of all StartAsyncInvoke requests, oldest first. */
export function startsSeen({ emulator }: Gateway): Readonly<Record<string, unknown>>[] {
  return emulator.requests
    .filter(({ operation }) => operation === 'StartAsyncInvoke')
    .map(({ body }) => JSON.parse(body) as Record<string, unknown>);
}
