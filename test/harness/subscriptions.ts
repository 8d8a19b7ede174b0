import { WebSocket } from 'ws';
import { type Gateway, type GatewayOptions, startGateway } from './gateway.ts';
import { socketUrl, Subscriber, type SubscriberOptions } from './subscriber.ts';

const FAST_POLLING = { POLL_INTERVAL_MIN_MS: '100', POLL_INTERVAL_MAX_MS: '200' };

export const QUERY = `subscription Jobs($arns: [AwsArn!], $filter: AsyncInvokeFilter) {
  asyncInvokeChanged(invocationArns: $arns, filter: $filter) { invocationArn status }
}`;

interface SubscribeOptions extends SubscriberOptions {
  readonly query?: string;
}

/** Starts one gateway per test and any number of subscribers, and stops them after the test. */
export function useSubscriptions() {
  let gateway: Gateway | undefined;
  const subscribers: Subscriber[] = [];
  const stop = async () => {
    await Promise.all(subscribers.splice(0).map((subscriber) => subscriber.close()));
    await gateway?.stop();
    gateway = undefined;
  };
  afterEach(stop);
  return {
    stop,
    start: async (options: GatewayOptions = {}): Promise<Gateway> => {
      const variables = { ...FAST_POLLING, ...options.variables };
      return (gateway = await startGateway({ ...options, variables }));
    },
    subscribe: (
      { url }: Gateway,
      variables: Record<string, unknown> = {},
      options: SubscribeOptions = {},
    ): Subscriber => {
      const subscriber = new Subscriber(url, options.query ?? QUERY, variables, options);
      subscribers.push(subscriber);
      return subscriber;
    },
  };
}

/** Adds a job that runs until the test ends it. */
export function addJob({ emulator }: Gateway, options: object = {}) {
  let now = Date.now();
  const job = emulator.addJob({ endTime: now + 3_600_000, ...options });
  return { arn: job.invocationArn, end: () => Object.assign(job, { endTime: (now = Date.now()) }) };
}

/** Returns the number of open subscriptions, from the gateway's metrics. */
export async function countOpen({ url }: Gateway): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^graphql_subscriptions_active (\d+)$/m.exec(text)?.[1] ?? 0);
}

export const codesOf = (errors: unknown) =>
  (errors as { extensions: { code: string } }[]).map(({ extensions }) => extensions.code);

export const EVENT_STREAM_HEADERS = {
  'content-type': 'application/json',
  accept: 'text/event-stream',
};

/** Sends an operation by POST and accepts an event stream, unless the headers say otherwise. */
export const postForEvents = (
  { url }: Gateway,
  body: object,
  headers: Readonly<Record<string, string>> = {},
) =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { ...EVENT_STREAM_HEADERS, ...headers },
    body: JSON.stringify(body),
  });

export const INIT = '{"type":"connection_init"}';
export const SUBSCRIBE = JSON.stringify({
  id: '1',
  type: 'subscribe',
  payload: { query: QUERY },
});

interface SendOptions {
  readonly protocol?: string | undefined;
  /** Collects the messages of the server. */
  readonly received?: string[];
}

/**
 * Opens a WebSocket, sends the first message, and sends the others once the server has responded.
 * Returns the code with which the socket was closed.
 */
export function sendMessages(
  { url }: Gateway,
  [first, ...rest]: readonly string[],
  { protocol = 'graphql-transport-ws', received = [] }: SendOptions = {},
): Promise<number> {
  const socket = new WebSocket(socketUrl(url), protocol);
  socket.on('message', (data: Buffer) => received.push(data.toString()));
  socket.on('error', () => undefined);
  socket.once('open', () => {
    if (first !== undefined) socket.send(first);
  });
  socket.once('message', () => {
    for (const message of rest) socket.send(message);
  });
  return new Promise((resolve) => socket.on('close', resolve));
}
