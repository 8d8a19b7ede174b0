import { parseCommandLine, TOPICS } from '../../src/config/command-line.ts';
import { ConfigError } from '../../src/config/config-error.ts';
import { environment } from '../../src/config/env-schema.ts';
import { helpText } from '../../src/config/help.ts';
import { LOCAL_DEFAULTS, SERVE_DEFAULTS } from '../../src/config/mode-defaults.ts';
import { readConfig, type Variables } from '../../src/config/read-config.ts';
import { RENAMED_SETTINGS } from '../../src/config/renamed-settings.ts';
import { readFileSync } from 'node:fs';

const TOKENS = {
  AUTH_JWKS_URL: 'https://issuer.example/jwks',
  AUTH_ISSUER: 'https://issuer.example',
  AUTH_AUDIENCE: 'bedrock',
};
const SECRET = 'a-secret-of-the-router';
const TRUSTED = { TRUSTED_DOCUMENTS: 'documents.json', TRUSTED_DOCUMENTS_ONLY: 'true' };
const STARTS = { ENABLE_START: 'true', START_ALLOWED_MODELS: '*', START_ALLOWED_OUTPUTS: '*' };

/** Returns the names in backticks in the README's tables. */
function settingsInReadme(): readonly string[] {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const rows = readme.match(/^\|.*$/gm) ?? [];
  return rows.flatMap((row) => [...row.matchAll(/`([A-Z_\d]+)`/g)].map(([, name = '']) => name));
}

function problemsOf(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('settings', () => {
  it('settings have safe defaults', () => {
    expect(readConfig({}, SERVE_DEFAULTS)).toEqual({
      graphRole: 'standalone',
      auth: { token: undefined, routerSecrets: [] },
      limits: {
        bodyBytes: 262_144,
        bodyBytesPerCaller: 1_048_576,
        responseBytes: 8_388_608,
        unsentBytesPerCaller: 16_777_216,
        literalLength: 4096,
        documentTokens: 2000,
        depth: 10,
        aliases: 20,
        directives: 20,
        rootFields: 10,
        fields: 2000,
        fieldConflicts: 50,
        idsPerOperation: 100,
        cost: 2000,
        costPerMinute: 60_000,
        concurrentRequests: 1000,
        concurrentRequestsPerCaller: 100,
        concurrentCostPerCaller: 2000,
        connectionsPerAddress: 1000,
        eventLoopDelayMs: 1000,
        subscriptions: 10_000,
        subscriptionsPerCaller: 1000,
        subscribedArnsPerCaller: 1000,
        webSocketsPerCaller: 100,
        pendingWebSocketsPerAddress: 20,
        webSocketIdleTimeoutMs: 60_000,
      },
      metrics: true,
      managementPort: undefined,
      documents: {
        trustedFile: undefined,
        trustedOnly: false,
        automaticPersistedQueries: false,
      },
      drainGraceMs: 3000,
      headersTimeoutMs: 10_000,
      host: '127.0.0.1',
      port: 4000,
      logLevel: 'info',
      requestTimeoutMs: 10_000,
      listMaxUpstreamCalls: 50,
      cache: { ttlMs: 1000, staleMs: 60_000, maxBytes: 67_108_864, noCachePerMinute: 30 },
      pollInterval: { minMs: 1000, maxMs: 10_000 },
      exposeUpstreamStats: false,
      compileQueries: true,
      start: undefined,
      introspection: false,
      corsOrigins: [],
      dashboard: false,
      explorer: false,
      upstream: {
        region: undefined,
        accountId: undefined,
        endpoint: undefined,
        attemptTimeoutMs: 3000,
        maxAttempts: 2,
        concurrency: 32,
        maxQueue: 512,
        circuitBreaker: { size: 20, halfOpenAfterMs: 5000 },
        maxResponseBytes: 8_388_608,
        callsPerSecond: 100,
        callsPerSecondPerCaller: 25,
      },
    });
  });

  it('local mode enables development features in local mode, unless a variable disables them', () => {
    expect(readConfig({}, LOCAL_DEFAULTS)).toMatchObject({
      introspection: true,
      dashboard: true,
      explorer: true,
    });
    expect(readConfig({}, LOCAL_DEFAULTS).corsOrigins).toContain(
      'https://studio.apollographql.com',
    );
    expect(readConfig({ INTROSPECTION: 'false' }, LOCAL_DEFAULTS).introspection).toBe(false);
    expect(readConfig({ DASHBOARD: 'false' }, LOCAL_DEFAULTS).dashboard).toBe(false);
    expect(readConfig({ DASHBOARD: 'true' }, SERVE_DEFAULTS).dashboard).toBe(true);
    expect(readConfig({}, LOCAL_DEFAULTS).start).toEqual({
      models: ['*'],
      outputs: ['*'],
      perMinute: undefined,
      perMinutePerCaller: undefined,
    });
    expect(readConfig({ START_ALLOWED_MODELS: 'a.b' }, LOCAL_DEFAULTS).start?.models).toEqual([
      'a.b',
    ]);
    expect(readConfig({ ENABLE_START: 'false' }, LOCAL_DEFAULTS).start).toBeUndefined();
  });

  it.each<[string, Variables, object]>([
    ['an empty variable as unset', { PORT: '', HOST: '' }, { port: 4000, host: '127.0.0.1' }],
    [
      'AWS_REGION before AWS_DEFAULT_REGION',
      { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'us-east-1' },
      { upstream: { region: 'eu-west-1' } },
    ],
    [
      'a list of origins',
      { CORS_ORIGINS: 'https://a.example, http://localhost:3000' },
      { corsOrigins: ['https://a.example', 'http://localhost:3000'] },
    ],
    [
      'any host with ALLOW_ANONYMOUS=true',
      { HOST: '0.0.0.0', ALLOW_ANONYMOUS: 'true' },
      { host: '0.0.0.0' },
    ],
    ['EXPLORER', { EXPLORER: 'true' }, { explorer: true }],
    ['IPv6 loopback', { HOST: '::1' }, { host: '::1' }],
    [
      'the allow-lists for starts',
      {
        ...STARTS,
        START_ALLOWED_MODELS: 'a.b:0, c.d',
        START_ALLOWED_OUTPUTS: 's3://renders/team-a',
      },
      { start: { models: ['a.b:0', 'c.d'], outputs: ['s3://renders/team-a'] } },
    ],
    [
      'the rates of starts and upstream calls',
      { ...STARTS, STARTS_PER_MINUTE: 'off', UPSTREAM_CALLS_PER_SECOND: '7' },
      {
        start: { perMinute: undefined, perMinutePerCaller: 10 },
        upstream: { callsPerSecond: 7, callsPerSecondPerCaller: 25 },
      },
    ],
    [
      'the shares of a caller, depending on the total',
      { MAX_CONCURRENT_REQUESTS: '20', MAX_BODY_BYTES: '8388608' },
      { limits: { concurrentRequestsPerCaller: 20, bodyBytesPerCaller: 8_388_608 } },
    ],
    ['allow-lists of everything', STARTS, { start: { models: ['*'], outputs: ['*'] } }],
    ['ENABLE_START=false', { ENABLE_START: 'false' }, { start: undefined }],
  ])('readConfig reads %s', (_what, variables, expected) => {
    expect(readConfig(variables, SERVE_DEFAULTS)).toMatchObject(expected);
  });

  it.each<[string, string]>([
    ['PORT', '4000x'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '1e3'],
    ['HOST', '0.0.0.0'],
    ['ALLOW_ANONYMOUS', 'yes'],
    ['DASHBOARD', 'yes'],
    ['AUTH_ALGORITHMS', 'HS256'],
    ['AUTH_ALGORITHMS', 'RS256,none'],
    ['ROUTER_SECRET', 'a-secret-of-the-router'],
    ['MAX_BODY_BYTES', '256KB'],
    ['MAX_DOCUMENT_TOKENS', '0'],
    ['MAX_DEPTH', '0'],
    ['MAX_ALIASES', '-1'],
    ['MAX_DIRECTIVES', 'x'],
    ['MAX_ROOT_FIELDS', '0'],
    ['MAX_FIELDS', '0'],
    ['MAX_FIELD_CONFLICTS', '0'],
    ['MAX_IDS_PER_OPERATION', '0'],
    ['MAX_COST', '0'],
    ['RATE_LIMIT', '0'],
    ['RATE_LIMIT', 'none'],
    ['MAX_CONCURRENT_REQUESTS', '0'],
    ['MAX_EVENT_LOOP_DELAY_MS', '1s'],
    ['DRAIN_GRACE_MS', 'x'],
    ['HEADERS_TIMEOUT_MS', '0'],
    ['METRICS', 'yes'],
    ['UPSTREAM_MAX_QUEUE', '-1'],
    ['CIRCUIT_BREAKER_SIZE', '0'],
    ['CIRCUIT_BREAKER_HALF_OPEN_AFTER_MS', '0'],
    ['GRAPH_ROLE', 'supergraph'],
    ['INTROSPECTION', '1'],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'https://a.example/path'],
    ['CORS_ORIGINS', 'https://a.example,'],
    ['LOG_LEVEL', 'loud'],
    ['REQUEST_TIMEOUT_MS', '0'],
    ['LIST_MAX_UPSTREAM_CALLS', '0'],
    ['LIST_CACHE_TTL_MS', '60001'],
    ['STALE_IF_ERROR_MS', '-1'],
    ['CACHE_MAX_BYTES', '64MB'],
    ['NO_CACHE_REQUESTS_PER_MINUTE', 'off'],
    ['EXPOSE_UPSTREAM_STATS', 'yes'],
    ['COMPILE_QUERIES', 'no'],
    ['ENABLE_START', 'yes'],
    ['MAX_SUBSCRIPTIONS', 'many'],
    ['MAX_SUBSCRIPTIONS_PER_CALLER', '-1'],
    ['POLL_INTERVAL_MIN_MS', '99'],
    ['POLL_INTERVAL_MAX_MS', '600001'],
    ['ENABLE_START', 'yes'],
    ['UPSTREAM_ATTEMPT_TIMEOUT_MS', '3s'],
    ['UPSTREAM_MAX_ATTEMPTS', '11'],
    ['UPSTREAM_CONCURRENCY', '0'],
    ['UPSTREAM_MAX_RESPONSE_BYTES', '8MB'],
    ['AWS_REGION', 'US East'],
    ['AWS_ACCOUNT_ID', '123'],
    ['AWS_ENDPOINT_URL_BEDROCK_RUNTIME', 'localhost:4010'],
  ])('readConfig reports %s when it is %j', (name, value) => {
    const problems = problemsOf(() => readConfig({ [name]: value }, SERVE_DEFAULTS));
    expect(problems).toEqual([expect.stringMatching(new RegExp(`^${name}: `)) as string]);
    for (const problem of problems) expect(problem.length).toBeLessThanOrEqual(300);
  });

  it.each<[string, Variables, readonly string[]]>([
    [
      'an incomplete set of token settings',
      { AUTH_JWKS_URL: 'https://issuer.example/jwks' },
      ['AUTH_ISSUER', 'AUTH_AUDIENCE'],
    ],
    [
      'a JWKS over plain HTTP',
      { ...TOKENS, AUTH_JWKS_URL: 'http://issuer.example/jwks' },
      ['AUTH_JWKS_URL'],
    ],
    [
      'a dashboard with a router secret',
      { GRAPH_ROLE: 'subgraph', ROUTER_SECRET: SECRET, DASHBOARD: 'true' },
      ['DASHBOARD'],
    ],
    [
      'an explorer with a router secret',
      { GRAPH_ROLE: 'subgraph', ROUTER_SECRET: SECRET, EXPLORER: 'true' },
      ['EXPLORER'],
    ],
    ['one port for both servers', { PORT: '4001', MANAGEMENT_PORT: '4001' }, ['MANAGEMENT_PORT']],
    ['the default port twice', { MANAGEMENT_PORT: '4000' }, ['MANAGEMENT_PORT']],
    ['a short secret', { GRAPH_ROLE: 'subgraph', ROUTER_SECRET: 'short' }, ['ROUTER_SECRET']],
    [
      'three secrets',
      { GRAPH_ROLE: 'subgraph', ROUTER_SECRET: [SECRET, SECRET, SECRET].join(',') },
      ['ROUTER_SECRET'],
    ],
    [
      'starts without allow-lists',
      { ENABLE_START: 'true' },
      ['START_ALLOWED_MODELS', 'START_ALLOWED_OUTPUTS'],
    ],
    [
      'starts without output locations',
      { ENABLE_START: 'true', START_ALLOWED_MODELS: '*' },
      ['START_ALLOWED_OUTPUTS'],
    ],
    [
      'allow-lists without ENABLE_START=true',
      { START_ALLOWED_MODELS: '*', START_ALLOWED_OUTPUTS: '*' },
      ['START_ALLOWED_MODELS', 'START_ALLOWED_OUTPUTS'],
    ],
    ['`*` beside a model', { ...STARTS, START_ALLOWED_MODELS: 'a.b,*' }, ['START_ALLOWED_MODELS']],
    ['an invalid model', { ...STARTS, START_ALLOWED_MODELS: 'a b' }, ['START_ALLOWED_MODELS']],
    [
      'an output that is a bucket name',
      { ...STARTS, START_ALLOWED_OUTPUTS: 'renders' },
      ['START_ALLOWED_OUTPUTS'],
    ],
    [
      'an output with a wildcard bucket',
      { ...STARTS, START_ALLOWED_OUTPUTS: 's3://*' },
      ['START_ALLOWED_OUTPUTS'],
    ],
    [
      'anonymous callers beside tokens',
      { ...TOKENS, ALLOW_ANONYMOUS: 'true' },
      ['ALLOW_ANONYMOUS'],
    ],
    [
      'only trusted documents without a file of them',
      { TRUSTED_DOCUMENTS_ONLY: 'true' },
      ['TRUSTED_DOCUMENTS'],
    ],
    [
      'only trusted documents beside features that need others',
      { ...TRUSTED, EXPLORER: 'true', APQ: 'true', GRAPH_ROLE: 'subgraph' },
      ['EXPLORER', 'APQ', 'TRUSTED_DOCUMENTS_ONLY'],
    ],
  ])('readConfig reports %s', (_what, variables, names) => {
    const problems = problemsOf(() => readConfig(variables, SERVE_DEFAULTS));
    expect(problems.map((line) => line.split(':')[0])).toEqual(names);
  });

  it('in local mode, only trusted documents need EXPLORER=false', () => {
    expect(problemsOf(() => readConfig(TRUSTED, LOCAL_DEFAULTS))).toEqual([
      expect.stringMatching(/^EXPLORER: .*; set EXPLORER=false$/),
    ]);
    expect(readConfig({ ...TRUSTED, EXPLORER: 'false' }, LOCAL_DEFAULTS).documents).toEqual({
      trustedFile: 'documents.json',
      trustedOnly: true,
      automaticPersistedQueries: false,
    });
  });

  it('readConfig allows trusted documents beside others', () => {
    const variables = { TRUSTED_DOCUMENTS: 'a.json', APQ: 'true', GRAPH_ROLE: 'subgraph' };
    expect(readConfig(variables, SERVE_DEFAULTS).documents).toEqual({
      trustedFile: 'a.json',
      trustedOnly: false,
      automaticPersistedQueries: true,
    });
  });

  it('readConfig allows every host with authentication', () => {
    const variables = { HOST: '0.0.0.0', ...TOKENS };
    expect(readConfig(variables, SERVE_DEFAULTS)).toMatchObject({
      host: '0.0.0.0',
      auth: { token: { algorithms: ['RS256'], audience: 'bedrock' } },
    });
    expect(
      readConfig(
        { HOST: '::', GRAPH_ROLE: 'subgraph', ROUTER_SECRET: `${SECRET},${SECRET}2` },
        SERVE_DEFAULTS,
      ),
    ).toMatchObject({ auth: { routerSecrets: [SECRET, `${SECRET}2`] } });
  });

  it('readConfig reports all invalid settings together', () => {
    const variables = { PORT: 'x', LOG_LEVEL: 'x', REQUEST_TIMEOUT_MS: 'x', HOST: '0.0.0.0' };
    const names = problemsOf(() => readConfig(variables, SERVE_DEFAULTS)).map(
      (line) => line.split(':')[0],
    );
    expect(names).toEqual(['PORT', 'LOG_LEVEL', 'REQUEST_TIMEOUT_MS', 'HOST']);
  });

  it.each(Object.entries(RENAMED_SETTINGS))(
    'readConfig reports %s as renamed to %s',
    (oldName, name) => {
      expect(Object.keys(environment.shape)).toContain(name);
      const problems = problemsOf(() => readConfig({ [oldName]: '1', PORT: 'x' }, SERVE_DEFAULTS));
      expect(problems).toContain(`${oldName} was renamed to ${name}.`);
      expect(problems).toContainEqual(expect.stringMatching(/^PORT: /));
    },
  );

  it.each(Object.keys(RENAMED_SETTINGS))('readConfig ignores %s when it is empty', (oldName) => {
    expect(problemsOf(() => readConfig({ [oldName]: '' }, SERVE_DEFAULTS))).toEqual([]);
  });

  it.each(Object.keys(environment.shape))('%s is in the README’s table', (name) => {
    expect(settingsInReadme()).toContain(name);
  });
});

describe('the command line', () => {
  it.each<[string[], object]>([
    [[], { name: 'help', topic: undefined }],
    [['--help'], { name: 'help', topic: undefined }],
    [['help', 'serve'], { name: 'help', topic: 'serve' }],
    [['local', '--help'], { name: 'help', topic: 'local' }],
    [['--version'], { name: 'version' }],
    [['serve'], { name: 'serve', port: undefined }],
    [['serve', '--port', '8080'], { name: 'serve', port: 8080 }],
    [['local'], { name: 'local', emulator: { jobs: 120, knobs: {} } }],
    [['local', '--jobs', '7', '--port=0'], { name: 'local', port: 0, emulator: { jobs: 7 } }],
    [['emulator'], { name: 'emulator', port: 4010 }],
    [
      ['emulator', '--latency-ms', '20', '--failure-rate', '0.5'],
      { emulator: { knobs: { latencyMs: 20, failureRate: 0.5 } } },
    ],
    [['schema'], { name: 'schema', role: 'standalone' }],
    [['schema', '--role', 'subgraph'], { name: 'schema', role: 'subgraph', start: false }],
    [['schema', '--start'], { name: 'schema', role: 'standalone', start: true }],
  ])('the command line %j is parsed', (args, command) => {
    expect(parseCommandLine(args)).toMatchObject(command);
  });

  it.each<[string[], RegExp]>([
    [['start'], /^start: is not a command; the commands are serve, local, emulator, schema$/],
    [['serve', '--jobs', '7'], /--jobs/],
    [['serve', '--port', 'http'], /^--port: must be a whole number from 0 to 65535$/],
    [['local', '--jobs', '-1'], /--jobs/],
    [['local', '--jobs', '1.5'], /^--jobs: must be a whole number/],
    [['emulator', '--failure-rate', '2'], /^--failure-rate: must be a number from 0 to 1$/],
    [['emulator', '--empty-pages', '0.5'], /^--empty-pages: must be a whole number/],
    [['schema', 'extra'], /extra/],
    [['schema', '--role', 'supergraph'], /^--role: must be standalone or subgraph$/],
  ])('the command line %j is rejected', (args, problem) => {
    expect(problemsOf(() => parseCommandLine(args))).toEqual([
      expect.stringMatching(problem) as string,
    ]);
  });

  it('the command line reports all invalid options together', () => {
    const args = ['local', '--port', 'x', '--jobs', 'x', '--latency-ms', 'x'];
    expect(problemsOf(() => parseCommandLine(args))).toHaveLength(3);
  });

  it.each(TOPICS)('helpText explains %s', (topic) => {
    expect(helpText(topic)).toContain(`bedrock-async-graphql ${topic}`);
    expect(helpText(undefined)).toContain(topic);
    for (const line of helpText(topic).split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });
});
