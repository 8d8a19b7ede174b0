import { errorOf, type ListParams } from '../client.ts';
import { emulatorOf, withKnobs, type Requirement } from '../requirement.ts';

const REFUSALS: readonly (readonly [params: ListParams, constraint: string])[] = [
  [{ maxResults: 0 }, 'greater than or equal to 1'],
  [{ maxResults: 1001 }, 'less than or equal to 1000'],
  [{ statusEquals: 'COMPLETED' }, 'InProgress'],
  [{ sortBy: 'EndTime' }, 'SubmissionTime'],
  [{ sortOrder: 'Sideways' }, 'Ascending'],
  [{ nextToken: 'x'.repeat(2049) }, 'less than or equal to 2048'],
  [{ nextToken: 'two words' }, ''],
  [{ nextToken: 'bWFkZS11cA' }, ''],
];

const FAILURES = [
  ['AccessDeniedException', 403],
  ['InternalServerException', 500],
  ['ThrottlingException', 429],
  ['ValidationException', 400],
] as const;

export const ERRORS: readonly Requirement[] = [
  ...REFUSALS.map(([params, constraint], index): Requirement => ({
    id: `ERR-M0${index + 1}`,
    level: 'MUST',
    text: `refuses ${JSON.stringify(params).slice(0, 40)} with ValidationException and a reason`,
    async check({ client }) {
      const error = errorOf(await client.list(params));
      expect(error).toMatchObject({ name: 'ValidationException', status: 400 });
      expect(error.message).toContain(constraint);
    },
  })),
  {
    id: 'ERR-M09',
    level: 'MUST',
    text: 'gives every refusal a request id',
    async check({ client }) {
      const { requestId } = errorOf(await client.list({ maxResults: 0 }));
      expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    },
  },
  ...FAILURES.map(([type, status], index): Requirement => ({
    id: `ERR-M${index + 10}`,
    level: 'MUST',
    text: `names a ${type}, with and without the tail of its type`,
    needs: ['knobs'],
    async check(subject) {
      const tail = ':http://internal.amazon.com/coral/com.amazon.bedrock/';
      for (const sent of [type, type + tail]) {
        const error = { kind: 'error', type: sent, status, message: 'Just so', times: 1 } as const;
        emulatorOf(subject).inject(error);
        const refusal = errorOf(await subject.client.list({}));
        expect(refusal).toMatchObject({ name: type, status, message: 'Just so' });
      }
    },
  })),
  {
    id: 'ERR-M14',
    level: 'MUST',
    text: 'throttles with ThrottlingException',
    needs: ['knobs'],
    async check(subject) {
      await withKnobs(subject, { throttleRate: 1 }, async () => {
        const error = errorOf(await subject.client.list({}));
        expect(error).toMatchObject({ name: 'ThrottlingException', status: 429 });
      });
    },
  },
  {
    id: 'ERR-S01',
    level: 'SHOULD',
    text: 'counts and joins what is wrong with a request',
    async check({ client }) {
      const { message } = errorOf(await client.list({ maxResults: 0, sortBy: 'EndTime' }));
      expect(message).toMatch(/^2 validation errors detected: .+; .+/);
    },
  },
];
