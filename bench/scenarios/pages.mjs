// The list: how many pages of a size one core hands out, and what each takes of it.
import { compare } from '../harness/compare.mjs';

/** Enough to keep the core busy when each answer waits 20 ms for the upstream, and no more: the rest would only queue. */
const CONNECTIONS = { 20: 64, 100: 32, 1000: 8 };

/** @param {import('../harness/setting.mjs').Setting} setting */
export async function measurePages(setting, contenders, { sizes, ...options }) {
  const rows = [];
  for (const size of sizes) {
    const jobs = await setting.upstream.jobs(size);
    const questionOf = ({ pageRequest, checkPage }) => ({
      request: pageRequest(size),
      check: (answer) => checkPage(answer, jobs),
    });
    const terms = { ...options, connections: CONNECTIONS[size] };
    const results = await compare(setting, contenders, questionOf, terms);
    rows.push(...results.map((result) => ({ size, ...result })));
  }
  return rows;
}
