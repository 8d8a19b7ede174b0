import { SERVE_DEFAULTS } from '../../src/config/mode-defaults.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { startGateway } from '../harness/gateway.ts';

describe('insecure settings', () => {
  it.each([
    ['http://bedrock.example', 40],
    ['http://10.0.0.1:4010', 40],
    ['http://localhost.example', 40],
    ['https://bedrock.example', 30],
    ['http://127.0.0.1:4010', 30],
    ['http://[::1]:4010', 30],
  ])('LOW-09 the endpoint %s is logged at the start with level %i', async (endpoint, level) => {
    const gateway = await startGateway({
      variables: { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: endpoint },
    });
    const lines = gateway.logLines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toContainEqual(expect.objectContaining({ endpoint, level }));
    await gateway.stop();
  });

  it.each(['DASHBOARD', 'EXPLORER'])('LOW-09 %s contradicts ROUTER_SECRET', (page) => {
    const router = { GRAPH_ROLE: 'subgraph', ROUTER_SECRET: 'the-secret-of-today' };
    expect(() => readConfig({ ...router, [page]: 'true' }, SERVE_DEFAULTS)).toThrow(
      `${page}: must be false with ROUTER_SECRET`,
    );
    expect(() => readConfig({ ...router, [page]: 'false' }, SERVE_DEFAULTS)).not.toThrow();
  });
});
