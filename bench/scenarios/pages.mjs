// The list: how many pages of each size one core serves per second, and the CPU time of each.
import { compare } from '../harness/compare.mjs';

/**
 * Connections per page size: enough to keep the core busy when each response waits 20 ms for the
 * upstream. More would only add queueing time.
 */
const CONNECTIONS = { 20: 64, 100: 32, 1000: 8 };

/** @param {import('../harness/environment.mjs').Environment} environment */
export async function measurePages(environment, servers, { sizes, ...options }) {
  const rows = [];
  for (const size of sizes) {
    const jobs = await environment.upstream.jobs(size);
    const testCaseFor = ({ pageRequest, checkPage }) => ({
      request: pageRequest(size),
      check: (response) => checkPage(response, jobs),
    });
    const compareOptions = { ...options, connections: CONNECTIONS[size] };
    const results = await compare(environment, servers, testCaseFor, compareOptions);
    rows.push(...results.map((result) => ({ size, ...result })));
  }
  return rows;
}
