import { Buffer } from 'node:buffer';

/**
 * Returns what the load needs to send one request to one server. Sends the request once and checks
 * the whole response first.
 *
 * @param testCase the request, and a check that throws if the parsed response is not the expected
 *   one
 */
export async function createClient({ url, pid }, { request, check }, name) {
  const text = await sendRequest(url, request);
  try {
    check(JSON.parse(text));
  } catch (cause) {
    throw new Error(`unexpected response from ${name}: ${text.slice(0, 300)}`, { cause });
  }
  const expectedBytes = Buffer.byteLength(text);
  return { name, port: Number(new URL(url).port), pid, request, expectedBytes };
}

export async function sendRequest(url, { path, body }) {
  const headers = { accept: 'application/json', 'accept-encoding': 'identity' };
  const post = body && {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  return (await fetch(`${url}${path}`, post ?? { headers })).text();
}
