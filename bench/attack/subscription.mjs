import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'ws';

const QUERY = `subscription Follow($arns: [AwsArn!]) {
  asyncInvokeChanged(invocationArns: $arns) { invocationArn status } }`;

/**
 * Opens a WebSocket with one subscription for one job. `failure` is set when either ends. A job
 * that has ended completes its subscription after the first event.
 */
export function openSubscription(url, token, arn) {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
  const send = (message) => socket.send(JSON.stringify(message));
  const { promise: event, resolve, reject } = Promise.withResolvers();
  const subscription = { socket, event, failure: undefined };
  const fail = (reason) => {
    subscription.failure ??= reason;
    reject(new Error(reason));
  };
  // The caller may stop waiting before the subscription fails.
  event.catch(() => undefined);
  socket.on('open', () =>
    send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }),
  );
  socket.on('unexpected-response', (_request, { statusCode }) => fail(`upgrade ${statusCode}`));
  socket.on('error', (error) => fail(error.code ?? 'socket error'));
  socket.on('close', (code) => fail(`close ${code}`));
  socket.on('message', (data) => {
    const { type, payload } = JSON.parse(data);
    if (type === 'ping') send({ type: 'pong' });
    else if (type === 'error') fail(payload[0].extensions?.code ?? 'error');
    else if (type === 'connection_ack') {
      send({ id: '1', type: 'subscribe', payload: { query: QUERY, variables: { arns: [arn] } } });
    } else if (type === 'next') {
      if (payload.errors) fail(payload.errors[0].extensions?.code ?? 'error');
      else resolve(payload.data.asyncInvokeChanged);
    }
  });
  return subscription;
}

/** Waits for the first event of a subscription. */
export async function firstEvent({ event }, timeoutMs) {
  const controller = new AbortController();
  const timeout = setTimeout(timeoutMs, undefined, controller).then(() => {
    throw new Error('timeout');
  });
  timeout.catch(() => undefined);
  try {
    return await Promise.race([event, timeout]);
  } finally {
    controller.abort();
  }
}
