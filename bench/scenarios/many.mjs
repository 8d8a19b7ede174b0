// Many jobs by their ARNs, as a router requests them. The upstream returns one job per call, so the
// simple implementation makes one call for each job.
import { compare } from '../harness/compare.mjs';

export const COUNT = 100;
const CONNECTIONS = 4;

/** @param {import('../harness/environment.mjs').Environment} environment */
export async function measureMany(environment, servers, options) {
  const jobs = await environment.upstream.jobs(COUNT);
  const arns = jobs.map(({ invocationArn }) => invocationArn);
  const testCaseFor = ({ manyRequest, checkMany }) => ({
    request: manyRequest(arns),
    check: (response) => checkMany(response, jobs),
  });
  return compare(environment, servers, testCaseFor, { ...options, connections: CONNECTIONS });
}
