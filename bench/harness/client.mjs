import { Buffer } from 'node:buffer';

/**
 * What the load has to know to ask one question of one server, once the answer has been looked at in full.
 *
 * @param question the request, and a check that throws if the parsed answer is not the one expected
 */
export async function createTarget({ url, pid }, { request, check }, name) {
  const text = await ask(url, request);
  try {
    check(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${name} answers something else: ${text.slice(0, 300)}`, { cause });
  }
  const expectedBytes = Buffer.byteLength(text);
  return { name, port: Number(new URL(url).port), pid, request, expectedBytes };
}

export async function ask(url, { path, body }) {
  const headers = { accept: 'application/json', 'accept-encoding': 'identity' };
  const post = body && {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  return (await fetch(`${url}${path}`, post ?? { headers })).text();
}
