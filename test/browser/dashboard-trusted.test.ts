import type { Browser } from 'playwright-core';
import { launchChromium, missingChromium, type Tab } from '../harness/chromium.ts';
import { openDashboardTab, row, rows, visitDashboard } from '../harness/dashboard.ts';
import { describeWhen } from '../harness/describe-when.ts';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { useManifests } from '../harness/manifest.ts';
import { waitFor } from '../harness/wait-for.ts';

const writeManifest = useManifests();

describeWhen(missingChromium, 'the dashboard of a gateway with only trusted documents', () => {
  let browser: Browser;
  let tab: Tab;
  let gateway: Gateway;
  beforeAll(async () => {
    browser = await launchChromium();
    tab = await openDashboardTab(browser);
    gateway = await startGateway({
      mode: 'local',
      emulator: { jobs: 30 },
      variables: {
        TRUSTED_DOCUMENTS: writeManifest({ jobs: '{ asyncInvokes { nodes { id } } }' }),
        TRUSTED_DOCUMENTS_ONLY: 'true',
        EXPLORER: 'false',
        POLL_INTERVAL_MIN_MS: '100',
        POLL_INTERVAL_MAX_MS: '200',
      },
    });
  });
  afterAll(async () => {
    await browser.close();
    await gateway.stop();
  });

  it('lists jobs, follows changes and shows a job', async () => {
    await visitDashboard(tab, gateway.url);
    await rows(tab.page).first().waitFor();
    gateway.emulator.addJob({ id: 'newlyadded12' });
    await row(tab.page, 'newlyadded12').waitFor();
    await row(tab.page, 'newlyadded12').click();
    await waitFor(() => operationNames().has('Job'));
    const refused = gateway.logLines.filter((line) => line.includes('DOCUMENT_NOT_TRUSTED'));
    expect([tab.errors, refused]).toEqual([[], []]);
    expect([...operationNames()]).toEqual(expect.arrayContaining(['Jobs', 'Job']));
  });

  const operationNames = (): Set<string | undefined> => {
    const lines = gateway.logLines.map((line) => JSON.parse(line) as { operationName?: string });
    return new Set(lines.map(({ operationName }) => operationName).filter(Boolean));
  };

  it('accepts no other document', async () => {
    const { status } = await gateway.query('{ __typename }');
    expect(status).toBe(400);
  });
});
