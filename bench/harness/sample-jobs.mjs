const NEWEST = Date.parse('2026-03-01T12:00:00.000Z');
const REGION = 'us-east-1';
const ACCOUNT = '123456789012';
const ID_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
const MODELS = ['amazon.nova-reel-v1:1', 'luma.ray-v2:0', 'twelvelabs.marengo-embed-2-7-v1:0'];
const FAILURES = [
  'The request was blocked by our content filters. Change the prompt and try again.',
  'The model could not read the input: its media type does not match its content.',
];

/** Returns jobs as `ListAsyncInvokes` does, newest first. Always returns the same jobs. */
export function sampleJobs(count) {
  const random = createRandom(20260301);
  let submitTime = NEWEST;
  return Array.from({ length: count }, () => {
    submitTime -= 1000 + Math.floor(random() * 600_000);
    return createJob(submitTime, random);
  });
}

/** About seven of ten jobs completed, two failed and one is running. */
function createJob(submitTime, random) {
  const id = textOf(random, 12);
  const outcome = random();
  const status = outcome < 0.7 ? 'Completed' : outcome < 0.9 ? 'Failed' : 'InProgress';
  const ended = submitTime + 20_000 + Math.floor(random() * 580_000);
  const failureMessage = pick(random, FAILURES);
  const kmsKeyId = `arn:aws:kms:${REGION}:${ACCOUNT}:key/${uuid(random)}`;
  return {
    invocationArn: `arn:aws:bedrock:${REGION}:${ACCOUNT}:async-invoke/${id}`,
    modelArn: `arn:aws:bedrock:${REGION}::foundation-model/${pick(random, MODELS)}`,
    clientRequestToken: uuid(random),
    status,
    failureMessage: status === 'Failed' ? failureMessage : undefined,
    submitTime: new Date(submitTime).toISOString(),
    lastModifiedTime: new Date(status === 'InProgress' ? submitTime : ended).toISOString(),
    endTime: status === 'InProgress' ? undefined : new Date(ended).toISOString(),
    outputDataConfig: {
      s3OutputDataConfig: {
        s3Uri: `s3://media-results-${ACCOUNT}/async/${REGION}/${id}`,
        kmsKeyId: random() < 0.25 ? kmsKeyId : undefined,
        bucketOwner: random() < 0.15 ? ACCOUNT : undefined,
      },
    },
  };
}

/** A xorshift generator: its numbers depend only on the seed. */
function createRandom(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

function pick(random, items) {
  return items[Math.floor(random() * items.length)];
}

function textOf(random, length) {
  return Array.from({ length }, () => pick(random, ID_ALPHABET)).join('');
}

function uuid(random) {
  const hex = (length) => Array.from({ length }, () => pick(random, '0123456789abcdef')).join('');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
}
