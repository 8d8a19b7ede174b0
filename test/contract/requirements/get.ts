import { outputOf, errorOf } from '../client.ts';
import type { Requirement } from '../requirement.ts';

const arn = (owner: string) => `arn:aws:bedrock:${owner}:async-invoke/zzzzzzzzzzzz`;

export const GET: readonly Requirement[] = [
  {
    id: 'GET-M01',
    level: 'MUST',
    text: 'returns an ended invocation equal to its ListAsyncInvokes row',
    async check({ client }) {
      for (const statusEquals of ['Completed', 'Failed']) {
        const [row] = outputOf(await client.list({ statusEquals, maxResults: 1 })).rows;
        if (row !== undefined) expect(outputOf(await client.get(row.invocationArn))).toEqual(row);
      }
    },
  },
  {
    id: 'GET-M02',
    level: 'MUST',
    text: 'returns an invocation in progress without an end time',
    needs: ['known jobs'],
    async check({ client }) {
      const [row] = outputOf(await client.list({ statusEquals: 'InProgress', maxResults: 1 })).rows;
      expect(outputOf(await client.get(row?.invocationArn ?? ''))).toEqual(row);
      expect(row).toMatchObject({ status: 'InProgress', endTime: undefined });
    },
  },
  ...[
    'not-an-arn',
    'arn:aws:bedrock:us-east-1:111122223333:async-invoke/UPPERCASE012',
    'arn:aws:bedrock:us-east-1:1111:async-invoke/zzzzzzzzzzzz',
    `arn:aws:bedrock:us-east-1:111122223333:async-invoke/${'z'.repeat(2048)}`,
  ].map((invocationArn, index): Requirement => ({
    id: `GET-M0${index + 3}`,
    level: 'MUST',
    text: `rejects the ARN ${invocationArn.slice(0, 70)} with ValidationException`,
    async check({ client }) {
      const error = errorOf(await client.get(invocationArn));
      expect(error).toMatchObject({ name: 'ValidationException', status: 400 });
    },
  })),
  {
    id: 'GET-M07',
    level: 'MUST',
    text: 'rejects an ARN of another account',
    async check({ client, region }) {
      const error = errorOf(await client.get(arn(`${region}:000000000000`)));
      expect(error.name).toMatch(/^(AccessDenied|Validation|ResourceNotFound)Exception$/);
    },
  },
  {
    id: 'GET-M08',
    level: 'MUST',
    text: 'rejects an ARN of another region',
    async check({ client, region }) {
      const other = region === 'eu-west-1' ? 'us-east-1' : 'eu-west-1';
      const error = errorOf(await client.get(arn(`${other}:000000000000`)));
      expect(error.name).toMatch(/^(AccessDenied|Validation|ResourceNotFound)Exception$/);
    },
  },
  {
    id: 'GET-M09',
    level: 'MUST',
    text: 'never treats an empty ARN as a listing',
    async check({ client }) {
      await expect(client.get('').then(outputOf)).rejects.toThrow();
    },
  },
  {
    id: 'GET-S01',
    level: 'SHOULD',
    text: 'rejects an unknown id with ValidationException, as the model has no not-found error',
    needs: ['known jobs'],
    async check({ client, region }) {
      const error = errorOf(await client.get(arn(`${region}:111122223333`)));
      expect(error).toMatchObject({ name: 'ValidationException', status: 400 });
    },
  },
];
