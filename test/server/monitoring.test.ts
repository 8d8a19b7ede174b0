import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { LOCAL } from '../../src/config/modes.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { startServer } from '../../src/server/server.ts';
import { startGateway } from '../harness/gateway.ts';
import { LIST } from '../harness/queries.ts';
import { untilAsync } from '../harness/until.ts';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title?: string;
  readonly description?: string;
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

interface Variable {
  readonly name: string;
  readonly type: string;
  readonly multi: boolean;
  readonly query: string | { readonly query: string };
}

interface Dashboard {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
}

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const read = (file: string) =>
  readFileSync(new URL(`../../docs/monitoring/${file}`, import.meta.url), 'utf8');

const dashboard = JSON.parse(read('dashboard.json')) as Dashboard;
const { groups } = parse(read('alerts.yml')) as { groups: { rules: Alert[] }[] };
const alerts = groups.flatMap(({ rules }) => rules);
const charts = dashboard.panels.filter(({ type }) => type !== 'row');

/** Every expression, and the texts that name labels of its result. */
const expressions: readonly (readonly [where: string, expr: string, named: readonly string[]])[] = [
  ...dashboard.templating.list.flatMap(({ name, query }) =>
    typeof query === 'string' ? [] : [[`variable ${name}`, query.query, []] as const],
  ),
  ...charts.flatMap(({ title = '', targets = [] }) =>
    targets.map(
      ({ expr, legendFormat }) =>
        [`panel ${title}`, expr, all(/\{\{\s*(\w+)\s*\}\}/g, legendFormat)] as const,
    ),
  ),
  ...alerts.map(
    ({ alert, expr, annotations }) =>
      [
        `alert ${alert}`,
        expr,
        all(/\$labels\.(\w+)/g, Object.values(annotations).join('\n')),
      ] as const,
  ),
];

/** What Prometheus adds to the metrics of a target. */
const TARGET_LABELS = ['instance', 'job'];

/** Our names wherever they are, and whatever else has a selector or a range behind it. */
const METRIC =
  /\b((?:http|graphql|bedrock|log|nodejs|process)_[a-z0-9_]+|[a-z_]\w*(?=[{[]))(?:\{([^}]*)\})?/g;

/** The first group of every match. */
function all(pattern: RegExp, text: string): string[] {
  return [...text.matchAll(pattern)].map(([, group = '']) => group);
}

/** The metrics of an expression, each with the labels in its braces. */
function selectorsOf(expr: string): { metric: string; labels: string[] }[] {
  const withoutTexts = expr.replaceAll(/"[^"]*"/g, '""');
  return [...withoutTexts.matchAll(METRIC)].map(([, metric = '', braces = '']) => ({
    metric,
    labels: all(/(\w+)\s*(?:=~|!~|!=|=)/g, braces),
  }));
}

/** The labels that an expression groups by. */
function groupingOf(expr: string): string[] {
  return all(/\bby \(([^)]*)\)/g, expr).flatMap((list) => list.split(/,\s*/));
}

/** The labels of every series, by its name. Samples tell them; a type without a sample would not. */
function seriesOf(exposition: string): Map<string, Set<string>> {
  const series = new Map<string, Set<string>>();
  for (const [, name = '', braces = ''] of exposition.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const labels = series.get(name) ?? new Set(TARGET_LABELS);
    for (const label of all(/(\w+)="/g, braces)) labels.add(label);
    series.set(name, labels);
  }
  return series;
}

/** What a gateway shows that was asked well, badly, and while Amazon Bedrock failed once. */
async function expose(): Promise<string> {
  const gateway = await startGateway({ emulator: { jobs: 3 } });
  // With a log stream of its own, which counts what it drops, and nothing to write there.
  const bare = await startServer(
    readConfig(
      {
        PORT: '0',
        LOG_LEVEL: 'silent',
        AWS_REGION: gateway.emulator.region,
        AWS_ENDPOINT_URL_BEDROCK_RUNTIME: gateway.emulator.url,
      },
      LOCAL,
    ),
    { credentials: { accessKeyId: 'test', secretAccessKey: 'test' } },
  );
  try {
    const failure = { kind: 'error', type: 'InternalServerException', status: 500 } as const;
    gateway.emulator.inject({ ...failure, times: 1 });
    expect((await gateway.query(LIST)).errors).toEqual([]);
    expect((await gateway.query('{ nothing }')).status).toBe(400);
    const metrics = async (url: string) => (await fetch(`${url}/metrics`)).text();
    // An answer is counted once it has been sent.
    await untilAsync(async () =>
      /^http_requests_total\{.*status="400"/m.test(await metrics(gateway.url)),
    );
    return (await metrics(gateway.url)) + (await metrics(bare.url));
  } finally {
    await bare.stop();
    await gateway.stop();
  }
}

let series: ReadonlyMap<string, ReadonlySet<string>>;
beforeAll(async () => {
  series = seriesOf(await expose());
});

describe('the dashboard and the alerts', () => {
  it.each(expressions)('%s reads only metrics that the gateway has: %s', (_where, expr) => {
    const metrics = selectorsOf(expr).map(({ metric }) => metric);
    expect(metrics).not.toEqual([]);
    expect(metrics.filter((metric) => !series.has(metric))).toEqual([]);
  });

  it.each(expressions)('%s selects and groups by labels that these have: %s', (_where, expr) => {
    const selectors = selectorsOf(expr);
    for (const { metric, labels } of selectors) {
      expect(labels.filter((label) => !series.get(metric)?.has(label))).toEqual([]);
    }
    const known = new Set(selectors.flatMap(({ metric }) => [...(series.get(metric) ?? [])]));
    expect(groupingOf(expr).filter((label) => !known.has(label))).toEqual([]);
  });

  it.each(expressions)('%s names only labels that its result keeps: %s', (_where, expr, named) => {
    const kept = groupingOf(expr);
    expect(named.filter((label) => !kept.includes(label))).toEqual([]);
  });
});

describe('the dashboard', () => {
  it('is one that Grafana can find again, for any data source and instances', () => {
    const { uid, schemaVersion, templating } = dashboard;
    expect(uid).toBe('bedrock-async-graphql');
    expect(schemaVersion).toBeGreaterThanOrEqual(39);
    expect(templating.list).toMatchObject([
      { name: 'datasource', type: 'datasource', query: 'prometheus' },
      { name: 'instance', type: 'query', multi: true },
    ]);
  });

  it('has panels with a title, a description of one sentence, and a unit', () => {
    expect(dashboard.panels.filter(({ title = '' }) => title === '')).toEqual([]);
    for (const { title, description, fieldConfig } of charts) {
      expect([title, description]).toEqual([title, expect.stringMatching(/^[A-Z][^.]*\.$/)]);
      expect([title, fieldConfig?.defaults.unit]).toEqual([title, expect.stringMatching(/./)]);
    }
  });

  it('has panels with ids of their own', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has panels with places of their own', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });

  it('shows only the instances that are chosen', () => {
    for (const { title, targets = [] } of charts) {
      for (const { expr } of targets) {
        const all = selectorsOf(expr).map(({ labels }) => labels.includes('instance'));
        expect([title, all]).toEqual([title, all.map(() => true)]);
      }
    }
  });
});

describe('the alerts', () => {
  it('have names of their own', () => {
    const names = alerts.map(({ alert }) => alert);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(alerts)('$alert has a severity, a summary, and what to do', ({ labels, annotations }) => {
    expect(labels.severity).toMatch(/^(critical|warning)$/);
    expect(annotations.summary).toMatch(/\.$/);
    expect(annotations.description).toMatch(/\.$/);
  });
});
