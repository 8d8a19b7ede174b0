import { errorOf, type ListParams } from '../client.ts';
import { emulatorOf, withKnobs, type Requirement } from '../requirement.ts';

const INVALID_PARAMS: readonly (readonly [params: ListParams, constraint: string])[] = [
  [{ maxResults: 0 }, 'greater than or equal to 1'],
  [{ maxResults: 1001 }, 'less than or equal to 1000'],
  [{ statusEquals: 'COMPLETED' }, 'InProgress'],
  [{ sortBy: 'EndTime' }, 'SubmissionTime'],
  [{ sortOrder: 'Sideways' }, 'Ascending'],
  [{ nextToken: 'x'.repeat(2049) }, 'less than or equal to 2048'],
  [{ nextToken: 'two words' }, ''],
  [{ nextToken: 'bWFkZS11cA' }, ''],
];

const ERROR_TYPES = [
  ['AccessDeniedException', 403],
  ['InternalServerException', 500],
  ['ThrottlingException', 429],
  ['ValidationException', 400],
] as const;

export const ERRORS: readonly Requirement[] = [
  ...INVALID_PARAMS.map(([params, constraint], index): Requirement => ({
    id: `ERR-M0${index + 1}`,
    level: 'MUST',
    text: `rejects ${JSON.stringify(params).slice(0, 40)} with ValidationException and a reason`,
    async check({ client }) {
      const error = errorOf(await client.list(params));
      expect(error).toMatchObject({ name: 'ValidationException', status: 400 });
      expect(error.message).toContain(constraint);
    },
  })),
  {
    id: 'ERR-M09',
    level: 'MUST',
    text: 'sends a request id with every error',
    async check({ client }) {
      const { requestId } = errorOf(await client.list({ maxResults: 0 }));
      expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    },
  },
  ...ERROR_TYPES.map(([type, status], index): Requirement => ({
    id: `ERR-M${index + 10}`,
    level: 'MUST',
    text: `sends ${type} with and without the suffix of its type`,
    needs: ['knobs'],
    async check(subject) {
      const suffix = ':http://internal.amazon.com/coral/com.amazon.bedrock/';
      for (const sent of [type, type + suffix]) {
        const error = {
          kind: 'error',
          type: sent,
          status,
          message: 'Try again',
          times: 1,
        } as const;
        emulatorOf(subject).inject(error);
        const received = errorOf(await subject.client.list({}));
        expect(received).toMatchObject({ name: type, status, message: 'Try again' });
      }
    },
  })),
  {
    id: 'ERR-M14',
    level: 'MUST',
    text: 'sends ThrottlingException with status 429 when it throttles',
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
    text: 'counts and joins all violations of a request',
    async check({ client }) {
      const { message } = errorOf(await client.list({ maxResults: 0, sortBy: 'EndTime' }));
      expect(message).toMatch(/^2 validation errors detected: .+; .+/);
    },
  },
];
