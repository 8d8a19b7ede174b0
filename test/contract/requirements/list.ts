import { outputOf, errorOf } from '../client.ts';
import { emulatorOf, listAll, withKnobs, type Requirement } from '../requirement.ts';

const INVOCATION_ARN =
  /^arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:async-invoke\/[a-z0-9]{12}$/;
const MODEL_ARN =
  /^arn:[a-z0-9-]+:bedrock:[a-z0-9-]*:[0-9]*:(provisioned-model|foundation-model)\/.+$/;
const SECOND = 1000;

export const LIST: readonly Requirement[] = [
  {
    id: 'LIST-M01',
    level: 'MUST',
    text: 'returns an invocation ARN, a model ARN, a submit time and an S3 output in every row',
    async check({ client, region }) {
      for (const row of outputOf(await client.list({})).rows) {
        expect(row.invocationArn).toMatch(INVOCATION_ARN);
        expect(row.invocationArn.split(':')[3]).toBe(region);
        expect(row.modelArn).toMatch(MODEL_ARN);
        expect(row.submitTime).toBeGreaterThan(0);
        expect(row.s3Uri).toMatch(/^s3:\/\/[a-z0-9]/);
      }
    },
  },
  {
    id: 'LIST-M02',
    level: 'MUST',
    text: 'returns at most maxResults rows, from 1 to 1000',
    async check({ client }) {
      for (const maxResults of [1, 2, 7, 1000]) {
        expect(outputOf(await client.list({ maxResults })).rows.length).toBeLessThanOrEqual(
          maxResults,
        );
      }
    },
  },
  {
    id: 'LIST-M03',
    level: 'MUST',
    text: 'sorts by submit time, newest first, by default',
    async check({ client }) {
      const times = outputOf(await client.list({})).rows.map((row) => row.submitTime);
      expect(times).toEqual(times.toSorted((a, b) => b - a));
      const explicit = outputOf(
        await client.list({ sortBy: 'SubmissionTime', sortOrder: 'Descending' }),
      );
      expect(explicit.rows.map((row) => row.submitTime)).toEqual(times);
    },
  },
  {
    id: 'LIST-M04',
    level: 'MUST',
    text: 'sorts oldest first across pages with sortOrder Ascending',
    async check(subject) {
      const rows = await listAll(subject, { sortOrder: 'Ascending', maxResults: 10 }, 5);
      const times = rows.map((row) => row.submitTime);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    },
  },
  ...['InProgress', 'Completed', 'Failed'].map((statusEquals, index): Requirement => ({
    id: `LIST-M0${index + 5}`,
    level: 'MUST',
    text: `returns only ${statusEquals} rows with statusEquals ${statusEquals}`,
    async check({ client }) {
      const statuses = outputOf(await client.list({ statusEquals })).rows.map((row) => row.status);
      expect(new Set([...statuses, statusEquals])).toEqual(new Set([statusEquals]));
    },
  })),
  {
    id: 'LIST-M08',
    level: 'MUST',
    text: 'filters by submitTimeAfter and submitTimeBefore, at least to the second',
    async check({ client }) {
      const all = outputOf(await client.list({ maxResults: 20 })).rows;
      const [after = 0, before = 0] = [all.at(-3)?.submitTime, all.at(2)?.submitTime];
      const submitTimeAfter = new Date(after).toISOString();
      const submitTimeBefore = new Date(before).toISOString();
      for (const row of outputOf(await client.list({ submitTimeAfter, submitTimeBefore })).rows) {
        expect(row.submitTime).toBeGreaterThan(after - SECOND);
        expect(row.submitTime).toBeLessThan(before + SECOND);
      }
    },
  },
  {
    id: 'LIST-M09',
    level: 'MUST',
    text: 'returns no row twice across pages',
    async check(subject) {
      const rows = await listAll(subject, { maxResults: 5 }, 10);
      expect(new Set(rows.map((row) => row.invocationArn)).size).toBe(rows.length);
    },
  },
  {
    id: 'LIST-M10',
    level: 'MUST',
    text: 'returns tokens of 1 to 2048 characters without white space',
    async check({ client }) {
      const { nextToken } = outputOf(await client.list({ maxResults: 1 }));
      if (nextToken !== undefined) expect(nextToken).toMatch(/^\S{1,2048}$/);
    },
  },
  {
    id: 'LIST-M11',
    level: 'MUST',
    text: 'returns an end time only for ended jobs and a failure message only for failed jobs',
    async check({ client }) {
      for (const row of outputOf(await client.list({})).rows) {
        expect(row.endTime === undefined).toBe(row.status === 'InProgress');
        expect(row.endTime ?? Infinity).toBeGreaterThanOrEqual(row.submitTime);
        if (row.status !== 'Failed') expect(row.failureMessage).toBeUndefined();
      }
    },
  },
  {
    id: 'LIST-M12',
    level: 'MUST',
    text: 'accepts all seven parameters together',
    async check({ client }) {
      const params = {
        maxResults: 1,
        statusEquals: 'Completed',
        submitTimeAfter: '2024-01-01T00:00:00.000Z',
        submitTimeBefore: '2100-01-01T00:00:00.500Z',
        sortBy: 'SubmissionTime',
        sortOrder: 'Ascending',
      };
      const { rows, nextToken } = outputOf(await client.list(params));
      if (nextToken === undefined) return;
      const next = outputOf(await client.list({ ...params, nextToken }));
      expect(next.rows.length).toBeLessThanOrEqual(1);
      expect(next.rows[0]?.invocationArn).not.toBe(rows[0]?.invocationArn);
    },
  },
  {
    id: 'LIST-M13',
    level: 'MUST',
    text: "returns the same rows with a client's paginator",
    needs: ['known jobs'],
    async check(subject) {
      const { rows } = outputOf(await subject.client.paginate({ maxResults: 7 }));
      expect(rows).toEqual(await listAll(subject, { maxResults: 7 }));
    },
  },
  {
    id: 'LIST-M14',
    level: 'MUST',
    text: 'returns every invocation of the account in either order',
    needs: ['known jobs'],
    async check(subject) {
      const expected = emulatorOf(subject)
        .jobs()
        .map((job) => job.invocationArn);
      for (const sortOrder of ['Ascending', 'Descending']) {
        const rows = await listAll(subject, { maxResults: 9, sortOrder });
        expect(rows.map((row) => row.invocationArn).toSorted()).toEqual(expected.toSorted());
      }
    },
  },
  {
    id: 'LIST-M15',
    level: 'MUST',
    text: 'returns every invocation when pages are short or empty',
    needs: ['knobs', 'known jobs'],
    async check(subject) {
      const knobs = { pageFill: 0.4, emptyPages: 1, trailingEmptyPage: true };
      await withKnobs(subject, knobs, async () => {
        const rows = await listAll(subject, { maxResults: 10 });
        expect(rows).toHaveLength(emulatorOf(subject).jobs().length);
        expect(outputOf(await subject.client.paginate({ maxResults: 10 })).rows).toEqual(rows);
      });
    },
  },
  {
    id: 'LIST-S01',
    level: 'SHOULD',
    text: "ends every s3Uri with the invocation's own folder",
    async check({ client }) {
      for (const row of outputOf(await client.list({})).rows) {
        expect(row.s3Uri.split('/').at(-1)).toBe(row.invocationArn.slice(-12));
      }
    },
  },
  {
    id: 'LIST-S02',
    level: 'SHOULD',
    text: 'accepts another maxResults with a nextToken',
    async check({ client }) {
      const { nextToken } = outputOf(await client.list({ maxResults: 1 }));
      if (nextToken !== undefined) outputOf(await client.list({ maxResults: 3, nextToken }));
    },
  },
  {
    id: 'LIST-S03',
    level: 'SHOULD',
    text: 'rejects the nextToken of another listing',
    async check({ client }) {
      const { nextToken } = outputOf(await client.list({ maxResults: 1 }));
      if (nextToken === undefined) return;
      const error = errorOf(
        await client.list({ maxResults: 1, nextToken, sortOrder: 'Ascending' }),
      );
      expect(error).toMatchObject({ name: 'ValidationException', status: 400 });
    },
  },
  {
    id: 'LIST-S04',
    level: 'SHOULD',
    text: 'rejects an expired nextToken',
    needs: ['knobs'],
    async check(subject) {
      const { client } = subject;
      const { nextToken = '' } = outputOf(await client.list({ maxResults: 1 }));
      await withKnobs(subject, { tokenLifetimeMs: 0 }, async () => {
        const error = errorOf(await client.list({ maxResults: 1, nextToken }));
        expect(error).toMatchObject({ name: 'ValidationException', status: 400 });
      });
    },
  },
];
