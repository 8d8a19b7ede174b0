import { Mailbox } from '../../src/invocations/mailbox.ts';

async function values(mailbox: Mailbox<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const value of mailbox) found.push(value);
  return found;
}

describe('a mailbox', () => {
  it('gives what was put in, in order, whether it is waited for or not', async () => {
    const mailbox = new Mailbox<string>();
    const first = mailbox.next();
    mailbox.put('a', 'a1');
    mailbox.put('b', 'b1');
    mailbox.end();
    expect((await first).value).toBe('a1');
    expect(await values(mailbox)).toEqual(['b1']);
  });

  it('keeps of each thing only the latest, at the place of its latest change', async () => {
    const mailbox = new Mailbox<string>();
    for (const [name, thing] of ['a1', 'b1', 'c1', 'b2', 'a2'].map((each) => [each[0], each])) {
      mailbox.put(String(name), String(thing));
    }
    mailbox.end();
    expect(await values(mailbox)).toEqual(['c1', 'b2', 'a2']);
  });

  it('ends for whoever waits, and for whoever comes later', async () => {
    const mailbox = new Mailbox<string>();
    const waiting = [mailbox.next(), mailbox.next()];
    mailbox.end();
    expect(await Promise.all(waiting)).toEqual([DONE, DONE]);
    mailbox.put('a', 'too late');
    expect(await mailbox.next()).toEqual(DONE);
  });

  it('fails once, after what was put in before', async () => {
    const mailbox = new Mailbox<string>();
    mailbox.put('a', 'a1');
    mailbox.end(new Error('refused'));
    expect((await mailbox.next()).value).toBe('a1');
    await expect(mailbox.next()).rejects.toThrow('refused');
    expect(await mailbox.next()).toEqual(DONE);
  });

  it('can be left by a reader who waits', async () => {
    const mailbox = new Mailbox<string>();
    const waiting = mailbox.next();
    let ends = 0;
    mailbox.onEnd(() => (ends += 1));
    await mailbox.return();
    expect(await waiting).toEqual(DONE);
    expect(ends).toBe(1);
    mailbox.end();
    expect(ends).toBe(1);
  });

  it('tells at once that it has ended to whoever asks afterwards', () => {
    const mailbox = new Mailbox<string>();
    mailbox.end();
    let ends = 0;
    mailbox.onEnd(() => (ends += 1));
    expect(ends).toBe(1);
  });
});

const DONE = { done: true, value: undefined };
