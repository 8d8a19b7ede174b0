// The attackers: a process of low priority, so that the measuring processes on the same core are
// not delayed.
import { setPriority } from 'node:os';
import { ATTACKS } from './attacks.mjs';
import { AttackClient, nextUnique } from './client.mjs';
import { serveTasks } from './task-process.mjs';

const LOW_PRIORITY = 10;
const ID_LENGTH = 12;

setPriority(LOW_PRIORITY);
serveTasks({ attack });

/** Runs one attack for some seconds. Returns how often each outcome was seen. */
async function attack({ id, url, seconds, connections, tokens, arnPrefix }) {
  const { run } = ATTACKS.find((each) => each.id === id);
  const client = new AttackClient({ url, connections });
  const unknownArn = () => `${arnPrefix}${nextUnique().toString(36).padStart(ID_LENGTH, '0')}`;
  return client.runFor(seconds, () => run({ client, connections, tokens, unknownArn }));
}
