import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { LOCAL_DEFAULTS } from '../../src/config/mode-defaults.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { startServer } from '../../src/server/server.ts';
import { startGateway } from '../harness/gateway.ts';
import { metricsOf } from '../harness/metrics.ts';
import { LIST } from '../harness/queries.ts';
import { Subscriber } from '../harness/subscriber.ts';
import { waitForAsync } from '../harness/wait-for.ts';

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

interface Expression {
  readonly where: string;
  readonly expr: string;
  /** The labels that a legend or an annotation shows. */
  readonly shown: readonly string[];
}

const expressions: readonly Expression[] = [
  ...dashboard.templating.list.flatMap(({ name, query }) =>
    typeof query === 'string' ? [] : [{ where: name, expr: query.query, shown: [] }],
  ),
  ...charts.flatMap(({ title = '', targets = [] }) =>
    targets.map(({ expr, legendFormat }) => ({
      where: title,
      expr,
      shown: all(/\{\{\s*(\w+)\s*\}\}/g, legendFormat),
    })),
  ),
  ...alerts.map(({ alert, expr, annotations }) => ({
    where: alert,
    expr,
    shown: all(/\$labels\.(\w+)/g, Object.values(annotations).join(' ')),
  })),
];

/** Labels that Prometheus adds to all metrics of a target. */
const TARGET_LABELS = ['instance', 'job'];

/** Matches the gateway's own metrics, and every name before a selector or a range. */
const METRIC =
  /\b((?:http|graphql|bedrock|cache|log|nodejs|process)_[a-z0-9_]+|[a-z_]\w*(?=[{[]))(?:\{([^}]*)\})?/g;

/** Returns the first group of every match. */
function all(pattern: RegExp, text: string): string[] {
  return [...text.matchAll(pattern)].map(([, group = '']) => group);
}

/** Returns the metrics of an expression, each with the labels in its braces. */
function selectorsOf(expr: string): { metric: string; labels: string[] }[] {
  const withoutTexts = expr.replaceAll(/"[^"]*"/g, '""');
  return [...withoutTexts.matchAll(METRIC)].map(([, metric = '', braces = '']) => ({
    metric,
    labels: all(/(\w+)\s*(?:=~|!~|!=|=)/g, braces),
  }));
}

/** Returns the metric of a series. The series of a histogram belong to one metric. */
function familyOf(series: string): string {
  return series.replace(/_(?:bucket|sum|count)$/, '');
}

/** Returns the labels that an expression groups by. */
function groupingOf(expr: string): string[] {
  return all(/\bby \(([^)]*)\)/g, expr).flatMap((list) => list.split(/,\s*/));
}

/** Returns the labels of each series by its name. Only samples show them. */
function seriesOf(exposition: string): Map<string, Set<string>> {
  const series = new Map<string, Set<string>>();
  for (const [, name = '', braces = ''] of exposition.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const labels = series.get(name) ?? new Set(TARGET_LABELS);
    for (const label of all(/(\w+)="/g, braces)) labels.add(label);
    series.set(name, labels);
  }
  return series;
}

/** Returns the metrics of gateways that served queries, an error, a retry and a subscriber. */
async function expose(): Promise<string> {
  const gateway = await startGateway({
    emulator: { jobs: 3 },
    variables: { LIST_CACHE_TTL_MS: '60000' },
  });
  gateway.emulator.addJob({ outcome: 'InProgress' });
  const subscriber = new Subscriber(gateway.url, 'subscription { asyncInvokeChanged { id } }');
  // It writes to stdout, so it counts dropped lines. It is silent, so it writes none.
  const bare = await startServer(
    readConfig(
      {
        PORT: '0',
        LOG_LEVEL: 'silent',
        AWS_REGION: gateway.emulator.region,
        AWS_ENDPOINT_URL_BEDROCK_RUNTIME: gateway.emulator.url,
      },
      LOCAL_DEFAULTS,
    ),
    { credentials: { accessKeyId: 'test', secretAccessKey: 'test' } },
  );
  try {
    // The first event invalidates the caches.
    await subscriber.waitForResults(1);
    const failure = { kind: 'error', type: 'InternalServerException', status: 500 } as const;
    gateway.emulator.inject({ ...failure, times: 1 });
    expect((await gateway.query(LIST)).errors).toEqual([]);
    expect((await gateway.query(LIST)).errors).toEqual([]);
    expect((await gateway.query('{ nothing }')).status).toBe(400);
    // A response is counted after it was sent.
    await waitForAsync(async () =>
      /^http_requests_total\{.*status="400"/m.test(await metricsOf(gateway.url)),
    );
    return (await metricsOf(gateway.url)) + (await metricsOf(bare.url));
  } finally {
    await subscriber.close();
    await bare.stop();
    await gateway.stop();
  }
}

let series: ReadonlyMap<string, ReadonlySet<string>>;
beforeAll(async () => {
  series = seriesOf(await expose());
});

/** Returns the findings of a check over all expressions, with their places. */
function wrong(check: (expression: Expression) => readonly string[]): string[] {
  return expressions.flatMap((expression) =>
    check(expression).map((name) => `${expression.where}: ${name}`),
  );
}

describe('docs/monitoring', () => {
  it('the dashboard and the alerts have only expressions that read a metric', () => {
    expect([charts.length, alerts.length].every((count) => count > 0)).toBe(true);
    expect(charts.filter(({ targets = [] }) => targets.length === 0)).toEqual([]);
    expect(expressions.filter(({ expr }) => selectorsOf(expr).length === 0)).toEqual([]);
  });

  it('the dashboard and the alerts read only metrics that the gateway exposes', () => {
    const unknown = wrong(({ expr }) =>
      selectorsOf(expr)
        .map(({ metric }) => metric)
        .filter((metric) => !series.has(metric)),
    );
    expect(unknown).toEqual([]);
  });

  it('the dashboard and the alerts select only by labels that the metric has', () => {
    const unknown = wrong(({ expr }) =>
      selectorsOf(expr).flatMap(({ metric, labels }) =>
        labels.filter((label) => !series.get(metric)?.has(label)),
      ),
    );
    expect(unknown).toEqual([]);
  });

  it('the dashboard and the alerts group only by labels of the metrics that they read', () => {
    const unknown = wrong(({ expr }) => {
      const labels = selectorsOf(expr).flatMap(({ metric }) => [...(series.get(metric) ?? [])]);
      return groupingOf(expr).filter((label) => !labels.includes(label));
    });
    expect(unknown).toEqual([]);
  });

  it('the dashboard and the alerts show only labels that their expression keeps', () => {
    const lost = wrong(({ expr, shown }) => {
      const kept = groupingOf(expr);
      return shown.filter((label) => !kept.includes(label));
    });
    expect(lost).toEqual([]);
  });
});

describe('dashboard.json', () => {
  it('the dashboard has a fixed uid and variables for the data source and the instances', () => {
    const { uid, schemaVersion, templating } = dashboard;
    expect(uid).toBe('bedrock-async-graphql');
    expect(schemaVersion).toBeGreaterThanOrEqual(39);
    expect(templating.list).toMatchObject([
      { name: 'datasource', type: 'datasource', query: 'prometheus' },
      { name: 'instance', type: 'query', multi: true },
    ]);
  });

  it('the dashboard has panels with a title, a description of one sentence, and a unit', () => {
    expect(dashboard.panels.filter(({ title = '' }) => title === '')).toEqual([]);
    for (const { title, description, fieldConfig } of charts) {
      expect([title, description]).toEqual([title, expect.stringMatching(/^[A-Z][^.]*\.$/)]);
      expect([title, fieldConfig?.defaults.unit]).toEqual([title, expect.stringMatching(/./)]);
    }
  });

  it('the dashboard has panels with distinct ids', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('the dashboard has panels that do not overlap', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });

  it('the dashboard shows every metric of the gateway', () => {
    const own = [...series.keys()].filter((name) => !/^(?:nodejs|process)_/.test(name));
    const shown = charts.flatMap(({ targets = [] }) =>
      targets.flatMap(({ expr }) => selectorsOf(expr).map(({ metric }) => familyOf(metric))),
    );
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter((name) => !shown.includes(familyOf(name)))).toEqual([]);
  });

  it('the dashboard shows only the selected instances', () => {
    for (const { title, targets = [] } of charts) {
      for (const { expr } of targets) {
        const open = selectorsOf(expr).filter(({ labels }) => !labels.includes('instance'));
        expect([title, open]).toEqual([title, []]);
      }
    }
  });
});

describe('alerts.yml', () => {
  it('the alerts have distinct names', () => {
    const names = alerts.map(({ alert }) => alert);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(alerts)('$alert has a severity, a summary, and what to do', ({ labels, annotations }) => {
    expect(labels.severity).toMatch(/^(critical|warning)$/);
    expect(annotations.summary).toMatch(/\.$/);
    expect(annotations.description).toMatch(/\.$/);
  });
});
