import {
  createEmulator,
  type Emulator,
  type EmulatorOptions,
} from '../../src/emulator/emulator.ts';

export const NOON = Date.parse('2026-03-01T12:00:00.000Z');
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;

/** The scope is right, the signature is not: the emulator does not look at it. */
export const AUTHORIZATION =
  'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260301/us-east-1/bedrock/aws4_request, SignedHeaders=host;x-amz-date, Signature=0f';

/** A clock that moves when a test moves it. */
export class TestClock {
  now = NOON;
  readonly read = (): number => this.now;

  advance(milliseconds: number): void {
    this.now += milliseconds;
  }
}

const running: Emulator[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((emulator) => emulator.destroy()));
});

/** An emulator on a free port that ends with its test. Its clock stands at noon unless the test brings one. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = createEmulator({ clock: () => NOON, ...options });
  running.push(emulator);
  return emulator.start();
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** The error's name without its tail. */
  readonly type: string | undefined;
  readonly message: string;
  readonly json: Readonly<Record<string, unknown>>;
}

export async function call(
  emulator: Emulator,
  target: string,
  init: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Reply> {
  const response = await fetch(emulator.url + target, {
    ...init,
    headers: { authorization: AUTHORIZATION, ...init.headers },
  });
  const json: unknown = await response.json();
  if (!isRecord(json)) throw new Error('the answer is not a JSON object');
  return {
    status: response.status,
    headers: response.headers,
    type: response.headers.get('x-amzn-errortype')?.split(':')[0],
    message: typeof json.message === 'string' ? json.message : '',
    json,
  };
}

export function get(emulator: Emulator, invocationArn: string): Promise<Reply> {
  return call(emulator, `/async-invoke/${encodeURIComponent(invocationArn)}`);
}

export const START_INPUT = {
  modelId: 'amazon.nova-reel-v1:1',
  modelInput: { taskType: 'TEXT_VIDEO', textToVideoParams: { text: 'A heron at dawn' } },
  outputDataConfig: { s3OutputDataConfig: { s3Uri: 's3://acme-generated-video/tests' } },
};

export function start(emulator: Emulator, input: unknown): Promise<Reply> {
  return call(emulator, '/async-invoke', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof input === 'string' ? input : JSON.stringify(input),
  });
}

export interface Page {
  readonly asyncInvokeSummaries: readonly Readonly<Record<string, unknown>>[];
  readonly nextToken?: string;
}

export async function list(emulator: Emulator, query: Record<string, string> = {}): Promise<Page> {
  const { status, json, message } = await call(emulator, `/async-invoke?${search(query)}`);
  if (status !== 200 || !isPage(json)) throw new Error(`no page: ${status} ${message}`);
  return json;
}

/** Every page of a listing, by its tokens. */
export async function listPages(
  emulator: Emulator,
  query: Record<string, string> = {},
): Promise<Page[]> {
  const pages = [await list(emulator, query)];
  for (let token = pages[0]?.nextToken; token !== undefined; token = pages.at(-1)?.nextToken) {
    pages.push(await list(emulator, { ...query, nextToken: token }));
  }
  return pages;
}

export function arns(...pages: readonly Page[]): unknown[] {
  return pages.flatMap((page) => page.asyncInvokeSummaries.map((row) => row.invocationArn));
}

export function search(query: Record<string, string>): string {
  return new URLSearchParams(query).toString();
}

function isRecord(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null;
}

function isPage(json: object): json is Page {
  return 'asyncInvokeSummaries' in json && Array.isArray(json.asyncInvokeSummaries);
}
