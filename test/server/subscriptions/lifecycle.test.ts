import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { socketUrl } from '../../harness/subscriber.ts';
import {
  addJob,
  countOpen,
  INIT,
  postForEvents,
  QUERY,
  sendMessages,
  SUBSCRIBE,
  useSubscriptions,
} from '../../harness/subscriptions.ts';
import { waitFor, waitForAsync } from '../../harness/wait-for.ts';

const { start, subscribe } = useSubscriptions();

describe('a subscription', () => {
  it('costs the upstream the same for 200 clients as for one', async () => {
    const all200 = { MAX_WEBSOCKETS_PER_CALLER: '200', MAX_PENDING_WEBSOCKETS_PER_ADDRESS: '200' };
    const served = await start({ variables: all200 });
    const jobs = Array.from({ length: 20 }, () => addJob(served));
    const all = Array.from({ length: 200 }, () => subscribe(served));
    await Promise.all(all.map((subscriber) => subscriber.waitForResults(20)));
    const { received } = served.emulator.counts;
    for (const job of jobs) {
      job.end();
      await waitFor(() => all.every((subscriber) => subscriber.statusesOf(job.arn).length === 2));
    }
    for (const subscriber of all) expect(subscriber.results).toHaveLength(40);
    // A poll is two lists and at most one get. A change is found within two polls.
    expect(served.emulator.counts.received - received).toBeLessThanOrEqual(20 * 2 * 3);
    await Promise.all(all.map((subscriber) => subscriber.close()));
    await waitForAsync(async () => (await countOpen(served)) === 0);
  });

  it('ends when its client leaves, and the last one ends polling', async () => {
    const served = await start();
    addJob(served);
    const [one, other] = [subscribe(served), subscribe(served)];
    await Promise.all([one.waitForResults(1), other.waitForResults(1)]);
    one.unsubscribe();
    await waitForAsync(async () => (await countOpen(served)) === 1);
    await other.close();
    await waitForAsync(async () => (await countOpen(served)) === 0);
    const { received } = served.emulator.counts;
    // Five times the longest interval between two polls.
    await setTimeout(1000);
    expect(served.emulator.counts.received).toBe(received);
  });

  it('logs a line with its cost and events, without ARNs', async () => {
    const served = await start();
    const { arn } = addJob(served);
    const subscriber = subscribe(served, { arns: [arn] });
    await subscriber.waitForResults(1);
    await subscriber.close();
    const find = () => served.logLines.find((line) => line.includes('"msg":"subscription"'));
    await waitFor(() => find() !== undefined);
    const line = JSON.parse(find() ?? '') as Record<string, unknown>;
    expect(line).toMatchObject({
      transport: 'websocket',
      operationName: 'Jobs',
      identity: 'anonymous:127.0.0.1',
      cost: 2,
      events: 1,
    });
    expect(served.logLines.join('')).not.toContain(arn);
  });

  it('ends with its socket, also if its id was used twice', async () => {
    const served = await start();
    addJob(served);
    const socket = new WebSocket(socketUrl(served.url), 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send(INIT);
    await once(socket, 'message');
    for (const message of [SUBSCRIBE, '{"id":"1","type":"complete"}', SUBSCRIBE])
      socket.send(message);
    await once(socket, 'message');
    socket.close();
    await waitForAsync(async () => (await countOpen(served)) === 0);
  });

  it('is closed without `complete` when the server stops, so that clients reconnect', async () => {
    const served = await start();
    addJob(served);
    const messages: string[] = [];
    const closed = sendMessages(served, [INIT, SUBSCRIBE], { received: messages });
    const stream = await postForEvents(served, { query: QUERY });
    await waitForAsync(async () => (await countOpen(served)) === 2);
    const stopped = served.server.stop();
    expect(await closed).toBe(1001);
    // A client does not reconnect after `complete`.
    expect(messages.join()).not.toContain('complete');
    await expect(stream.text()).rejects.toThrow();
    await stopped;
  });
});
