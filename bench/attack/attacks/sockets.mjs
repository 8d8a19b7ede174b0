// Attacks with WebSockets.

const ARNS = 100;
const SUBSCRIPTIONS_PER_SOCKET = 50;
const FOLLOW =
  'subscription ($arns: [AwsArn!]) { asyncInvokeChanged(invocationArns: $arns) { id } }';

const PING = JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(184_000) } });
const NESTED = `{"type":"ping","payload":${'['.repeat(120_000)}${']'.repeat(120_000)}}`;

export const SOCKET_ATTACKS = [
  {
    id: 'S5',
    title: '500 subscriptions for 100 unknown jobs each',
    connections: 10,
    run: ({ client, tokens: { reader }, unknownArn, connections }) => {
      // Alone, the attack is one subscription.
      const count = connections === 1 ? 1 : SUBSCRIPTIONS_PER_SOCKET;
      return client.hold(() => {
        const socket = client.openAuthenticated(reader, (type) => {
          if (type !== 'connection_ack') return;
          for (let id = 0; id < count; id += 1) {
            const arns = Array.from({ length: ARNS }, unknownArn);
            const payload = { query: FOLLOW, variables: { arns } };
            socket.send(JSON.stringify({ id: `${id}`, type: 'subscribe', payload }));
          }
        });
        return socket;
      });
    },
  },
  {
    id: 'S6a',
    title: '300 idle WebSockets of one token',
    connections: 300,
    run: ({ client, tokens: { unscoped } }) =>
      client.hold(() => client.openAuthenticated(unscoped)),
  },
  {
    id: 'S6b',
    title: '300 WebSockets without `connection_init`',
    connections: 300,
    run: ({ client }) => client.hold(() => client.openWebSocket()),
  },
  {
    id: 'S12',
    title: 'pings of 184 kB and nested JSON of 240 kB without a token',
    connections: 10,
    run: ({ client }) =>
      client.hold((connection) => {
        const socket = client.openWebSocket();
        const send = () => socket.send(connection % 2 === 0 ? PING : NESTED);
        socket.once('open', send);
        // The next ping is sent when the pong has been received.
        socket.on('message', () => {
          client.count('pong');
          send();
        });
        return socket;
      }),
  },
];
