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

/** The AWS SDK for JavaScript. By default, its request handler uses HTTP/2. */
export function awsSdkClient(config: BedrockRuntimeClientConfig): ContractClient {
  const client = new BedrockRuntimeClient({ maxAttempts: 1, ...config });
  return {
    list: (params) =>
      toOutcome(async () =>
        readPage(await client.send(new ListAsyncInvokesCommand(input(params)))),
      ),
    get: (invocationArn) =>
      toOutcome(async () =>
        readRow(await client.send(new GetAsyncInvokeCommand({ invocationArn }))),
      ),
    start: (start) =>
      toOutcome(async () => {
        if (!isStartInput(start)) throw new TypeError('the input must be an object');
        return readStarted(await client.send(new StartAsyncInvokeCommand(start)));
      }),
    paginate: (params) =>
      toOutcome(async () => {
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
  if (!isListInput(params)) throw new TypeError('the input must be an object');
  return params;
}

/**
 * The SDK's types allow only valid values. The contract also sends invalid values, and the SDK does
 * not check values at run time.
 */
function isListInput(params: object): params is ListAsyncInvokesCommandInput {
  return typeof params === 'object';
}

function isStartInput(params: object): params is StartAsyncInvokeCommandInput {
  return typeof params === 'object';
}

async function toOutcome<Output>(call: () => Promise<Output>): Promise<Outcome<Output>> {
  try {
    return { kind: 'success', output: await call() };
  } catch (error) {
    if (!(error instanceof BedrockRuntimeServiceException)) throw error;
    const { name, message, $metadata } = error;
    const { httpStatusCode: status, requestId } = $metadata;
    return { kind: 'error', error: { name, message, status, requestId } };
  }
}
