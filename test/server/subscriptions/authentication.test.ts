import { type Issuer, startIssuer } from '../../harness/issuer.ts';
import type { Subscriber } from '../../harness/subscriber.ts';
import {
  addJob,
  codesOf,
  countOpen,
  postForEvents,
  QUERY,
  useSubscriptions,
} from '../../harness/subscriptions.ts';
import { waitFor, waitForAsync } from '../../harness/wait-for.ts';

const { start, subscribe } = useSubscriptions();

/** Tokens are accepted for 30 seconds after they expire. */
const almostExpired = () => Math.floor(Date.now() / 1000) - 28;

describe('the caller of a subscription', () => {
  let issuer: Issuer;
  beforeAll(async () => {
    issuer = await startIssuer();
  });
  afterAll(() => issuer.stop());
  const guarded = () => start({ variables: issuer.variables });
  const bearer = async (...args: Parameters<Issuer['sign']>) =>
    `Bearer ${await issuer.sign(...args)}`;

  it.each(['connection parameters', 'a header'])('is authenticated by %s', async (by) => {
    const served = await guarded();
    addJob(served);
    const authorization = await bearer();
    const options =
      by === 'a header'
        ? { headers: { authorization } }
        : { connectionParams: { Authorization: authorization } };
    const subscriber = subscribe(served, {}, options);
    await subscriber.waitForResults(1);
    expect(subscriber.changes).toHaveLength(1);
  });

  it.each([
    ['missing', {}],
    ['invalid', { authorization: 'Bearer abc' }],
  ])('is rejected for good if the token is %s', async (_what, connectionParams) => {
    const served = await guarded();
    const subscriber = subscribe(served, {}, { connectionParams, retryAttempts: 5 });
    expect(await subscriber.waitForError()).toMatchObject({ code: 4401, reason: 'Unauthorized' });
    expect(subscriber.connections).toBe(0);
  });

  it('is forbidden to subscribe without the scope', async () => {
    const served = await guarded();
    const connectionParams = { authorization: await bearer({ scope: 'other' }) };
    const subscriber = subscribe(served, {}, { connectionParams });
    expect(codesOf(await subscriber.waitForError())).toEqual(['FORBIDDEN']);
  });

  it('reconnects with a new token when the first has expired', async () => {
    const served = await guarded();
    const job = addJob(served);
    const connectionParams = async () => ({
      authorization: await bearer(subscriber.connections < 1 ? { exp: almostExpired() } : {}),
    });
    const subscriber: Subscriber = subscribe(served, {}, { connectionParams, retryAttempts: 5 });
    await waitFor(() => subscriber.connections === 2);
    await waitFor(() => subscriber.changes.length >= 2);
    job.end();
    await waitFor(() => subscriber.statusesOf(job.arn).includes('COMPLETED'));
  });

  it('loses its event stream when the token expires', async () => {
    const served = await guarded();
    addJob(served);
    const authorization = await bearer({ exp: almostExpired() });
    const response = await postForEvents(served, { query: QUERY }, { authorization });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    await waitForAsync(async () => (await countOpen(served)) === 0);
  });

  it('is unauthenticated without a token for an event stream', async () => {
    const served = await guarded();
    const response = await postForEvents(served, { query: QUERY });
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  });
});
