// What every scenario needs: the upstream, the load, and a function that starts a server.
import { once } from 'node:events';
import { waitForAddress, startHelper, startServer } from './processes.mjs';

const here = (file) => new URL(file, import.meta.url).pathname;

/** @typedef {Awaited<ReturnType<typeof createEnvironment>>} Environment */
export async function createEnvironment() {
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
  const { url } = await waitForAddress(startHelper(here('../upstream.mjs')), 'the upstream');
  const control = async (settings) => {
    const request = settings && { method: 'POST', body: JSON.stringify(settings) };
    return (await fetch(`${url}/control`, request)).json();
  };
  return {
    url,
    /** Also resets the call counts. */
    setLatency: (latencyMs) => control({ latencyMs }),
    calls: async () => (await control()).calls,
    jobs: async (count) => {
      const response = await fetch(`${url}/async-invoke?maxResults=${count}`);
      return (await response.json()).asyncInvokeSummaries;
    },
  };
}

/** Starts the load process, which runs one task at a time. */
function startLoad() {
  const child = startHelper(here('../load.mjs'), ['ignore', 'inherit', 'inherit', 'ipc']);
  const ended = once(child, 'exit').then(() => [{ error: 'the load process exited' }]);
  const run = async (task) => {
    child.send(task);
    const [{ result, error }] = await Promise.race([once(child, 'message'), ended]);
    if (error) throw new Error(`${task.name}: ${error}`);
    return result;
  };
  return {
    saturate: (task) => run({ type: 'saturate', ...task }),
    poll: (task) => run({ type: 'poll', ...task }),
  };
}
