/** Where this page's own graph is. */
export const ENDPOINT = new URL('/graphql', location.href).href;

const DEADLINE_MS = 20_000;

/** A request that brought no usable data. The message is for people. */
export class AskError extends Error {
  constructor(message, retryAfterMs = 0) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/** Posts a body to the graph; answers with what came back and how long it took, whatever the status. */
export async function post(body, signal) {
  const started = window.performance.now();
  const answer = await send(body, signal);
  return { ...answer, milliseconds: window.performance.now() - started };
}

/** The data of an operation, and the messages of the errors beside it. */
export async function ask(query, variables, signal) {
  const { status, text } = await post({ query, variables }, signal);
  const { data, errors = [] } = parse(text, status);
  const problems = errors.map(({ message, extensions }) =>
    extensions?.code ? `${message} (${extensions.code})` : message,
  );
  if (data) return { data, problems };
  throw new AskError(
    problems[0] ?? `The gateway answered with status ${status} and no data.`,
    errors[0]?.extensions?.retryAfterMs,
  );
}

export function isAbort(error) {
  return error.name === 'AbortError';
}

async function send(body, signal) {
  const { AbortSignal } = window;
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  try {
    const response = await fetch(ENDPOINT, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new AskError(
      deadline.aborted
        ? `The gateway did not answer within ${DEADLINE_MS / 1000} seconds.`
        : 'The gateway cannot be reached. Is it still running?',
    );
  }
}

function parse(text, status) {
  try {
    return JSON.parse(text);
  } catch {
    throw new AskError(`The gateway answered with status ${status} and no JSON.`);
  }
}
