// What every scenario needs: the upstream, the load, and servers that have the upstream's address.
import { once } from 'node:events';
import { announced, startHelper, startServer } from './processes.mjs';

const here = (file) => new URL(file, import.meta.url).pathname;

/** @typedef {Awaited<ReturnType<typeof createSetting>>} Setting */
export async function createSetting() {
  const upstream = await startUpstream();
  const load = startLoad();
  const aws = {
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: upstream.url,
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
  };
  const start = ({ env, ...server }) => startServer({ ...server, env: { ...aws, ...env } });
  return { upstream, load, start };
}

async function startUpstream() {
  const { url } = await announced(startHelper(here('../upstream.mjs')), 'the upstream');
  const control = async (settings) => {
    const request = settings && { method: 'POST', body: JSON.stringify(settings) };
    return (await fetch(`${url}/control`, request)).json();
  };
  return {
    url,
    /** Also counts calls from zero. */
    setLatency: (latencyMs) => control({ latencyMs }),
    calls: async () => (await control()).calls,
    jobs: async (count) => {
      const response = await fetch(`${url}/async-invoke?maxResults=${count}`);
      return (await response.json()).asyncInvokeSummaries;
    },
  };
}

/** One task at a time. */
function startLoad() {
  const child = startHelper(here('../load.mjs'), ['ignore', 'inherit', 'inherit', 'ipc']);
  const ended = once(child, 'exit').then(() => [{ error: 'the load has ended' }]);
  const run = async (task) => {
    child.send(task);
    const [{ result, error }] = await Promise.race([once(child, 'message'), ended]);
    if (error) throw new Error(`${task.name}: ${error}`);
    return result;
  };
  return {
    saturate: (task) => run({ work: 'saturate', ...task }),
    poll: (task) => run({ work: 'poll', ...task }),
  };
}
