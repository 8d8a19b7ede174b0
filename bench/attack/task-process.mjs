// Processes that run tasks for the benchmark over IPC.
import { startHelper } from '../harness/processes.mjs';

/** Called in the child process. Runs the tasks that the parent sends; tasks may overlap. */
export function serveTasks(tasks) {
  process.on('message', async ({ id, name, argument }) => {
    try {
      process.send({ id, result: await tasks[name](argument) });
    } catch (error) {
      process.send({ id, error: error.stack });
    }
  });
}

/** Called in the parent process. Starts a script that calls `serveTasks`. */
export function startTaskProcess(script) {
  const child = startHelper(script, ['ignore', 'inherit', 'inherit', 'ipc']);
  const pending = new Map();
  let nextId = 0;
  const settle = (id, method, value) => {
    pending.get(id)[method](value);
    pending.delete(id);
  };
  child.on('message', ({ id, result, error }) => {
    if (error === undefined) settle(id, 'resolve', result);
    else settle(id, 'reject', new Error(error));
  });
  child.once('exit', () => {
    for (const id of pending.keys()) settle(id, 'reject', new Error(`${script} exited`));
  });
  return {
    run: (name, argument) =>
      new Promise((resolve, reject) => {
        nextId += 1;
        pending.set(nextId, { resolve, reject });
        child.send({ id: nextId, name, argument });
      }),
    stop: () => child.kill('SIGKILL'),
  };
}
