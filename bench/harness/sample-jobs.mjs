const NEWEST = Date.parse('2026-03-01T12:00:00.000Z');
const REGION = 'us-east-1';
const ACCOUNT = '123456789012';
const ID_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
const MODELS = ['amazon.nova-reel-v1:1', 'luma.ray-v2:0', 'twelvelabs.marengo-embed-2-7-v1:0'];
const FAILURES = [
  'The request was blocked by our content filters. Change the prompt and try again.',
  'The model could not read the input: its media type does not match its content.',
];

/** Jobs as `ListAsyncInvokes` shows them, strictly newest first, and the same ones whenever they are asked for. */
export function sampleJobs(count) {
  const random = createRandom(20260301);
  let submitTime = NEWEST;
  return Array.from({ length: count }, () => {
    submitTime -= 1000 + Math.floor(random() * 600_000);
    return createJob(submitTime, random);
  });
}

/** Of ten jobs about seven completed, two failed and one still runs. */
function createJob(submitTime, random) {
  const id = textOf(random, 12);
  const fate = random();
  const status = fate < 0.7 ? 'Completed' : fate < 0.9 ? 'Failed' : 'InProgress';
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

/** Xorshift: what it draws depends on the seed alone. */
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
