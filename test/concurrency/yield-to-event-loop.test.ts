import { yieldToEventLoop } from '../../src/concurrency/yield-to-event-loop.ts';

it('gives everyone who waits a turn of the event loop, and others one in between', async () => {
  const order: string[] = [];
  const others = () => {
    order.push('other');
    if (order.filter((who) => who !== 'other').length < 3) setImmediate(others);
  };
  const waiting = ['a', 'b', 'c'].map(async (name) => {
    await yieldToEventLoop();
    order.push(name);
  });
  setImmediate(others);
  await Promise.all(waiting);
  const [a, b, c] = ['a', 'b', 'c'].map((name) => order.indexOf(name));
  expect(order.slice(a, b)).toContain('other');
  expect(order.slice(b, c)).toContain('other');
});
