import { peakMb, startServer } from '../harness/processes.mjs';
import { startIssuer } from './issuer.mjs';
import { QuietCaller } from './quiet-caller.mjs';
import { startTaskProcess } from './task-process.mjs';

const here = (file) => new URL(file, import.meta.url).pathname;

const QUIET_SECONDS = 2;
const ALONE_SECONDS = 1;
const READ = 'async-invokes:read';
const START = 'async-invokes:start';

/**
 * Measures one attack against a new gateway in three phases: without an attack, with one connection
 * of the attacker, and with all of them.
 *
 * @param {import('./attacks.mjs').Attack} attack
 */
export async function measureAttack(attack, seconds) {
  const target = await startTarget(attack);
  try {
    const { quietCaller, issuer, gateway } = target;
    await quietCaller.warmUp();
    issuer.setFailing(attack.issuerFails === true);
    const quiet = await measurePhase(target, QUIET_SECONDS);
    const alone = await measurePhase(target, ALONE_SECONDS, { id: attack.id, connections: 1 });
    const { id, connections } = attack;
    const attacked = await measurePhase(target, seconds, { id, connections });
    const { title } = attack;
    return { id, title, connections, quiet, alone, attacked, peakMb: peakMbOf(gateway) };
  } finally {
    await target.stop();
  }
}

async function startTarget({ variables, failureMessage }) {
  const issuer = await startIssuer();
  const [upstream, attackers, probe] = ['upstream', 'attacker', 'probe'].map((name) =>
    startTaskProcess(here(`./${name}.mjs`)),
  );
  const aws = await upstream.run('start', { failureMessage });
  const gateway = await startServer({
    script: here('../../dist/main.js'),
    args: ['serve'],
    // As in the first line of the script, which the shell reads.
    nodeFlags: ['--max-semi-space-size=16'],
    env: {
      PORT: '0',
      AWS_REGION: aws.region,
      AWS_ACCOUNT_ID: aws.accountId,
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: aws.url,
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      ...issuer.variables,
      ...variables,
    },
  });
  await probe.run('start', { url: gateway.url, pid: gateway.pid });
  const token = await issuer.sign('quiet', READ);
  const quietCaller = new QuietCaller({ ...aws, url: gateway.url, token });
  const tokens = {
    unscoped: await issuer.sign('attacker', undefined),
    reader: await issuer.sign('attacker', READ),
    starter: await issuer.sign('attacker', `${READ} ${START}`),
  };
  const arnPrefix = `arn:aws:bedrock:${aws.region}:${aws.accountId}:async-invoke/`;
  return {
    gateway,
    quietCaller,
    issuer,
    upstream,
    probe,
    attack: (task) => attackers.run('attack', { url: gateway.url, tokens, arnPrefix, ...task }),
    stop: async () => {
      quietCaller.close();
      for (const each of [attackers, probe, upstream]) each.stop();
      await gateway.stop();
      issuer.stop();
    },
  };
}

async function measurePhase({ quietCaller, issuer, upstream, probe, attack }, seconds, task) {
  await Promise.all([upstream.run('takeCalls'), probe.run('take')]);
  const issuerRequests = issuer.requests();
  const [caller, outcomes] = await Promise.all([
    quietCaller.measure(seconds),
    task ? attack({ ...task, seconds }) : {},
  ]);
  const [calls, loop] = await Promise.all([upstream.run('takeCalls'), probe.run('take')]);
  return {
    seconds,
    ...caller,
    outcomes,
    calls,
    loop,
    issuerRequests: issuer.requests() - issuerRequests,
  };
}

/** Returns undefined if the gateway no longer runs. */
function peakMbOf({ pid }) {
  try {
    return peakMb(pid);
  } catch {
    return undefined;
  }
}
