import { CoalescingQueue } from '../../src/concurrency/coalescing-queue.ts';

async function values(mailbox: CoalescingQueue<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const value of mailbox) found.push(value);
  return found;
}

describe('a mailbox', () => {
  it('gives what was put in, in order, whether it is waited for or not', async () => {
    const mailbox = new CoalescingQueue<string>();
    const first = mailbox.next();
    mailbox.push('a', 'a1');
    mailbox.push('b', 'b1');
    mailbox.close();
    expect((await first).value).toBe('a1');
    expect(await values(mailbox)).toEqual(['b1']);
  });

  it('keeps of each thing only the latest, at the place of its latest change', async () => {
    const mailbox = new CoalescingQueue<string>();
    for (const [name, thing] of ['a1', 'b1', 'c1', 'b2', 'a2'].map((each) => [each[0], each])) {
      mailbox.push(String(name), String(thing));
    }
    mailbox.close();
    expect(await values(mailbox)).toEqual(['c1', 'b2', 'a2']);
  });

  it('ends for whoever waits, and for whoever comes later', async () => {
    const mailbox = new CoalescingQueue<string>();
    const waiting = [mailbox.next(), mailbox.next()];
    mailbox.close();
    expect(await Promise.all(waiting)).toEqual([DONE, DONE]);
    mailbox.push('a', 'too late');
    expect(await mailbox.next()).toEqual(DONE);
  });

  it('fails once, after what was put in before', async () => {
    const mailbox = new CoalescingQueue<string>();
    mailbox.push('a', 'a1');
    mailbox.close(new Error('refused'));
    expect((await mailbox.next()).value).toBe('a1');
    await expect(mailbox.next()).rejects.toThrow('refused');
    expect(await mailbox.next()).toEqual(DONE);
  });

  it('can be left by a reader who waits', async () => {
    const mailbox = new CoalescingQueue<string>();
    const waiting = mailbox.next();
    let ends = 0;
    mailbox.onClose(() => (ends += 1));
    await mailbox.return();
    expect(await waiting).toEqual(DONE);
    expect(ends).toBe(1);
    mailbox.close();
    expect(ends).toBe(1);
  });

  it('tells at once that it has ended to whoever asks afterwards', () => {
    const mailbox = new CoalescingQueue<string>();
    mailbox.close();
    let ends = 0;
    mailbox.onClose(() => (ends += 1));
    expect(ends).toBe(1);
  });
});

const DONE = { done: true, value: undefined };
