import {
  BedrockRuntimeClient,
  ListAsyncInvokesCommand,
  StartAsyncInvokeCommand,
} from '@aws-sdk/client-bedrock-runtime';

const TITLES = ['Spring campaign', 'Product tour', 'Opening titles', 'Store loop', 'Teaser'];
const PEOPLE = ['ada', 'grace', 'katherine', 'margaret'];
const NEW_RENDERS = 3;

/**
 * Creates the queue: starts a few renders, and uses the newest jobs of the account as its history.
 */
export async function openQueue() {
  const client = new BedrockRuntimeClient();
  const started = [];
  for (let n = 0; n < NEW_RENDERS; n += 1) started.unshift(await startRender(client, TITLES[n]));
  const { asyncInvokeSummaries } = await client.send(
    new ListAsyncInvokesCommand({ maxResults: 200, sortOrder: 'Descending' }),
  );
  const history = asyncInvokeSummaries.map(({ invocationArn }) => invocationArn);
  const arns = [...new Set([...started, ...history])];
  const renders = arns.map((invocationArn, n) => ({
    id: String(arns.length - n),
    title: TITLES[n % TITLES.length],
    requestedBy: PEOPLE[n % PEOPLE.length],
    invocationArn,
  }));
  return {
    newest: (count) => renders.slice(0, count),
    byId: (id) => renders.find((render) => render.id === id) ?? null,
    byArn: (arn) => renders.find(({ invocationArn }) => invocationArn === arn) ?? null,
  };
}

async function startRender(client, prompt) {
  const { invocationArn } = await client.send(
    new StartAsyncInvokeCommand({
      modelId: 'luma.ray-v2:0',
      modelInput: { prompt },
      outputDataConfig: { s3OutputDataConfig: { s3Uri: 's3://acme-generated-video/queue' } },
    }),
  );
  return invocationArn;
}
