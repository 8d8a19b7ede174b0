// The baseline: a handler that returns what the SDK returns, and nothing else.
import { GetAsyncInvokeCommand, ListAsyncInvokesCommand } from '@aws-sdk/client-bedrock-runtime';
import { createServer } from 'node:http';
import { createClient } from './bedrock.mjs';

const client = createClient();
const routes = { '/jobs': list, '/jobs/many': getMany };

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  try {
    const body = JSON.stringify(await routes[pathname](searchParams));
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  } catch (error) {
    console.error(error);
    response.writeHead(500).end();
  }
});
server.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});

async function list(parameters) {
  const command = new ListAsyncInvokesCommand({
    maxResults: Number(parameters.get('first')),
    sortBy: 'SubmissionTime',
    sortOrder: 'Descending',
  });
  const { asyncInvokeSummaries, nextToken } = await client.send(command);
  return { asyncInvokeSummaries, nextToken };
}

function getMany(parameters) {
  const get = async (invocationArn) => {
    const job = await client.send(new GetAsyncInvokeCommand({ invocationArn }));
    return { ...job, $metadata: undefined };
  };
  return Promise.all(parameters.get('arns').split(',').map(get));
}
