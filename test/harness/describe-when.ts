/**
 * `describe` where a condition of the machine holds (a browser, boto3, AWS credentials); elsewhere
 * one skipped test whose title is the reason, so that a report never hides what did not run.
 */
export function describeWhen(
  reasonToSkip: string | undefined,
  title: string,
  suite: () => void,
): void {
  if (reasonToSkip === undefined) {
    describe(title, suite);
    return;
  }
  // eslint-disable-next-line no-restricted-syntax -- The only place that may skip.
  describe.skip(title, () => {
    it(`is skipped: ${reasonToSkip}`, () => undefined);
  });
}
