import {
  BedrockRuntimeClient,
  BedrockRuntimeServiceException,
  GetAsyncInvokeCommand,
  ListAsyncInvokesCommand,
  paginateListAsyncInvokes,
  StartAsyncInvokeCommand,
  type BedrockRuntimeClientConfig,
  type ListAsyncInvokesCommandInput,
  type StartAsyncInvokeCommandInput,
} from '@aws-sdk/client-bedrock-runtime';

import type { ContractClient, ListParams, Outcome, Row } from './client.ts';
import { readPage, readRow, readStarted } from './read-json.ts';

/** The AWS SDK for JavaScript. Without a requestHandler in the configuration it speaks HTTP/2. */
export function awsSdkClient(config: BedrockRuntimeClientConfig): ContractClient {
  const client = new BedrockRuntimeClient({ maxAttempts: 1, ...config });
  return {
    list: (params) =>
      outcome(async () => readPage(await client.send(new ListAsyncInvokesCommand(input(params))))),
    get: (invocationArn) =>
      outcome(async () => readRow(await client.send(new GetAsyncInvokeCommand({ invocationArn })))),
    start: (start) =>
      outcome(async () => {
        if (!isStartInput(start)) throw new TypeError('not even an object');
        return readStarted(await client.send(new StartAsyncInvokeCommand(start)));
      }),
    paginate: (params) =>
      outcome(async () => {
        const rows: Row[] = [];
        for await (const page of paginateListAsyncInvokes({ client }, input(params))) {
          rows.push(...readPage(page).rows);
        }
        return { rows, nextToken: undefined };
      }),
    close: () => {
      client.destroy();
    },
  };
}

function input({ submitTimeAfter, submitTimeBefore, ...rest }: ListParams) {
  const params = {
    ...rest,
    ...(submitTimeAfter !== undefined && { submitTimeAfter: new Date(submitTimeAfter) }),
    ...(submitTimeBefore !== undefined && { submitTimeBefore: new Date(submitTimeBefore) }),
  };
  if (!isListInput(params)) throw new TypeError('not even an object');
  return params;
}

/** The SDK's types know the values the service takes; the contract sends others too, and the SDK lets them pass. */
function isListInput(params: object): params is ListAsyncInvokesCommandInput {
  return typeof params === 'object';
}

function isStartInput(params: object): params is StartAsyncInvokeCommandInput {
  return typeof params === 'object';
}

async function outcome<Output>(call: () => Promise<Output>): Promise<Outcome<Output>> {
  try {
    return { kind: 'answered', output: await call() };
  } catch (error) {
    if (!(error instanceof BedrockRuntimeServiceException)) throw error;
    const { name, message, $metadata } = error;
    const { httpStatusCode: status, requestId } = $metadata;
    return { kind: 'refused', error: { name, message, status, requestId } };
  }
}
