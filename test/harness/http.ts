/** Returns the options of a JSON POST for `fetch`. Sends a text unchanged. */
export function jsonRequest(
  body: string | object,
  headers: Readonly<Record<string, string>> = {},
): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

/** Posts JSON with `fetch`. */
export function postJson(
  url: string,
  body: string | object,
  { headers, signal }: PostOptions = {},
): Promise<Response> {
  return fetch(url, { ...jsonRequest(body, headers), ...(signal && { signal }) });
}

interface PostOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}
