// Attacks that cause many calls to AWS, or start many jobs.
import { Buffer } from 'node:buffer';
import { nextUnique } from '../client.mjs';

const IDS = 100;

const START = `mutation Start($input: StartAsyncInvokeInput!) {
  startAsyncInvoke(input: $input) { asyncInvoke { id } userErrors { code } } }`;

export const UPSTREAM_ATTACKS = [
  {
    id: 'S8a',
    title: '`nodes` of 100 unknown ids',
    connections: 50,
    run: ({ client, tokens: { reader }, unknownArn }) =>
      client.repeat(() => {
        const ids = Array.from({ length: IDS }, () =>
          Buffer.from(`AsyncInvokeSummary:${unknownArn()}`).toString('base64url'),
        );
        const query = 'query Unknown($ids: [ID!]!) { nodes(ids: $ids) { id } }';
        return client.post({ query, variables: { ids } }, reader);
      }),
  },
  {
    id: 'S8b',
    title: 'starts of new jobs',
    connections: 10,
    variables: { ENABLE_START: 'true', START_ALLOWED_MODELS: '*', START_ALLOWED_OUTPUTS: '*' },
    run: ({ client, tokens: { starter } }) =>
      client.repeat(() => {
        const input = {
          modelId: 'luma.ray-v2:0',
          modelInput: { prompt: 'rain' },
          outputDataConfig: { s3OutputDataConfig: { s3Uri: 's3://renders/rain' } },
          clientRequestToken: `attack-${nextUnique()}`,
        };
        return client.post({ query: START, variables: { input } }, starter);
      }),
  },
];
