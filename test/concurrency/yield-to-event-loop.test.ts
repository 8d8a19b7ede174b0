import { yieldToEventLoop } from '../../src/concurrency/yield-to-event-loop.ts';

it('resumes one waiter per turn of the event loop, with other work in between', async () => {
  const order: string[] = [];
  const runOther = () => {
    order.push('other');
    if (order.filter((name) => name !== 'other').length < 3) setImmediate(runOther);
  };
  const waiters = ['a', 'b', 'c'].map(async (name) => {
    await yieldToEventLoop();
    order.push(name);
  });
  setImmediate(runOther);
  await Promise.all(waiters);
  const [a, b, c] = ['a', 'b', 'c'].map((name) => order.indexOf(name));
  expect(order.slice(a, b)).toContain('other');
  expect(order.slice(b, c)).toContain('other');
});
