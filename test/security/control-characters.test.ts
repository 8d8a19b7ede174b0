import type { Browser } from 'playwright-core';
import { launchChromium, missingChromium } from '../harness/chromium.ts';
import { openDashboardTab, row, visitDashboard } from '../harness/dashboard.ts';
import { describeWhen } from '../harness/describe-when.ts';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { MAY_START, outputTo, start } from '../harness/start.ts';

const BIDIRECTIONAL = [
  ...['\u061c', '\u200e', '\u200f', '\u202a', '\u202b', '\u202c', '\u202d', '\u202e'],
  ...['\u2066', '\u2067', '\u2068', '\u2069'],
];
const INVISIBLE = [
  ...['\u0000', '\t', '\n', '\r', '\u001b', '\u007f', '\u0085', '\u009b'],
  ...['\u00ad', '\u200b', '\u2028', '\u2029', '\u2060', '\ufeff', '\u{e0041}'],
];
const nameOf = (character: string) => (character.codePointAt(0) ?? 0).toString(16);

let gateway: Gateway;
afterEach(() => gateway.stop());

it.each<[string, (character: string) => Readonly<Record<string, unknown>>]>([
  ['s3Uri', (character) => outputTo({ s3Uri: `s3://renders/team-a/a${character}b` })],
  [
    'kmsKeyId',
    (character) => outputTo({ kmsKeyId: `arn:aws:kms:a:111122223333:key/${character}` }),
  ],
  ['bucketOwner', (character) => outputTo({ bucketOwner: `11112222333${character}` })],
  ['modelId', (character) => ({ modelId: `luma.ray-v2:0${character}` })],
  ['clientRequestToken', (character) => ({ clientRequestToken: `token${character}` })],
  ['the key of a tag', (character) => ({ tags: [{ key: `a${character}b`, value: '' }] })],
  ['the value of a tag', (character) => ({ tags: [{ key: 'a', value: `a${character}b` }] })],
])('LOW-10 a start with an invisible character in %s is refused', async (_name, inputOf) => {
  gateway = await startGateway({
    variables: { ...MAY_START, RATE_LIMIT: 'off', STARTS_PER_MINUTE: 'off' },
  });
  for (const character of [...BIDIRECTIONAL, ...INVISIBLE]) {
    const { data, errors } = await start(gateway, inputOf(character));
    const refused = errors.length > 0 || JSON.stringify(data).includes('INVALID_');
    expect([nameOf(character), refused]).toEqual([nameOf(character), true]);
  }
  expect(gateway.emulator.jobs()).toEqual([]);
});

it('LOW-10 a start with letters of any language in s3Uri is accepted', async () => {
  gateway = await startGateway({ variables: MAY_START });
  const s3Uri = 's3://renders/team-a/Zoë שלום 文 🎬';
  const { errors } = await start(gateway, outputTo({ s3Uri }));
  expect(errors).toEqual([]);
  expect(gateway.emulator.jobs()).toMatchObject([
    { s3Uri: expect.stringContaining(s3Uri) as string },
  ]);
});

describeWhen(missingChromium, 'the dashboard', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  it('LOW-10 shows escapes in place of invisible characters', async () => {
    gateway = await startGateway({ mode: 'local', variables: { DASHBOARD: 'true' } });
    const shown = BIDIRECTIONAL.join('');
    const escapes = BIDIRECTIONAL.map(
      (each) => `\\u${nameOf(each).toUpperCase().padStart(4, '0')}`,
    );
    const { emulator } = gateway;
    const endTime = Date.now();
    const failed = emulator.addJob({ failureMessage: `The ${shown} failure`, endTime });
    const completed = emulator.addJob({ s3Uri: `s3://renders/team-a/${shown}/x` });
    const tab = await openDashboardTab(browser);
    await visitDashboard(tab, `${gateway.url}/`);
    for (const { invocationArn } of [failed, completed]) {
      const job = row(tab.page, invocationArn.slice(-12));
      // The open panel hides this column.
      await job.getByText(escapes.join('')).waitFor({ state: 'attached' });
      await job.click();
      await tab.page.locator('.details').getByText(escapes.join('')).first().waitFor();
      const html = await tab.page.evaluate<string>('document.body.outerHTML');
      expect(BIDIRECTIONAL.filter((character) => html.includes(character))).toEqual([]);
    }
    await tab.leave();
  });
});
