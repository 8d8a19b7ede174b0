// Many jobs by their ARNs, as a router asks for them. The upstream reads one at a time: the plain way is a call for each.
import { compare } from '../harness/compare.mjs';

export const COUNT = 100;
const CONNECTIONS = 4;

/** @param {import('../harness/setting.mjs').Setting} setting */
export async function measureMany(setting, contenders, options) {
  const jobs = await setting.upstream.jobs(COUNT);
  const arns = jobs.map(({ invocationArn }) => invocationArn);
  const questionOf = ({ manyRequest, checkMany }) => ({
    request: manyRequest(arns),
    check: (answer) => checkMany(answer, jobs),
  });
  return compare(setting, contenders, questionOf, { ...options, connections: CONNECTIONS });
}
