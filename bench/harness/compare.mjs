import { createTarget } from './target.mjs';
import { takeTurns } from './turns.mjs';

/**
 * Compares servers by what one question costs each of them, under each of the upstream's latencies. They are started for
 * it and stopped after it, so that their memory is that of this question.
 *
 * @param {import('./setting.mjs').Setting} setting
 * @param questionOf the request for a contender, and the check of its answer
 */
export async function compare(setting, contenders, questionOf, options) {
  const { latencies, warmUps, ...terms } = options;
  const servers = [];
  const targets = [];
  for (const contender of contenders) {
    const server = await setting.start(contender);
    servers.push(server);
    targets.push(await createTarget(server, questionOf(contender), contender.name));
  }
  const rows = [];
  for (const [index, latencyMs] of latencies.entries()) {
    const warmUpSeconds = index === 0 ? warmUps.first : warmUps.next;
    const results = await takeTurns(setting, targets, { ...terms, latencyMs, warmUpSeconds });
    contenders.forEach(({ key, name }, i) => {
      rows.push({ key, name, latencyMs, connections: terms.connections, ...results[i] });
    });
  }
  await setting.upstream.setLatency(0);
  for (const server of servers) await server.stop();
  return rows;
}
