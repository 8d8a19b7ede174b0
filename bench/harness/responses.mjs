// Checks that a response holds all jobs of the upstream, with all fields, in the order of the
// upstream. Ids and cursors, which a server may choose, must be present and unique.
import { deepEqual, equal, ok } from 'node:assert/strict';

const STATUSES = { InProgress: 'IN_PROGRESS', Completed: 'COMPLETED', Failed: 'FAILED' };

/** Checks a connection in the shape of the gateway. */
export function checkRelayPage({ data, errors }, jobs) {
  equal(errors, undefined);
  const { edges, pageInfo } = data.asyncInvokes;
  checkNodes(
    edges.map(({ node }) => node),
    jobs,
  );
  checkDistinct(edges.map(({ cursor }) => cursor));
  deepEqual(pageInfo, { endCursor: edges.at(-1).cursor, hasNextPage: true });
}

export function checkEntities({ data, errors }, jobs) {
  equal(errors, undefined);
  checkNodes(data._entities, jobs);
}

/** Checks rows as the SDK returns them. */
export function checkRestPage({ asyncInvokeSummaries, nextToken }, jobs) {
  deepEqual(asyncInvokeSummaries, jobs);
  ok(nextToken);
}

/** Checks rows in the shape of the upstream, with null for missing fields. */
export function checkOpenApiPage({ data, errors }, jobs) {
  equal(errors, undefined);
  checkRestPage(withoutNulls(data.listAsyncInvokes), jobs);
}

export function checkRestMany(rows, jobs) {
  deepEqual(rows, jobs);
}

function withoutNulls(value) {
  return JSON.parse(JSON.stringify(value), (_key, member) => member ?? undefined);
}

function checkNodes(nodes, jobs) {
  checkDistinct(nodes.map(({ id }) => id));
  deepEqual(
    nodes.map((node) => ({ ...node, id: undefined })),
    jobs.map((job) => ({ ...toNode(job), id: undefined })),
  );
}

function checkDistinct(texts) {
  ok(texts.every((text) => typeof text === 'string' && text !== ''));
  equal(new Set(texts).size, texts.length);
}

function toNode({ outputDataConfig: { s3OutputDataConfig }, ...job }) {
  const { invocationArn, modelArn, status, submitTime, endTime } = job;
  const { s3Uri, kmsKeyId, bucketOwner } = s3OutputDataConfig;
  const [, , , region, accountId] = invocationArn.split(':');
  const [, bucket, keyPrefix] = /^s3:\/\/([^/]+)\/(.*)$/.exec(s3Uri);
  return {
    ...job,
    modelId: modelArn.split('/')[1],
    status: STATUSES[status],
    rawStatus: status,
    failureMessage: job.failureMessage ?? null,
    endTime: endTime ?? null,
    durationSeconds: endTime ? (Date.parse(endTime) - Date.parse(submitTime)) / 1000 : null,
    region,
    accountId,
    outputDataConfig: {
      s3Uri,
      kmsKeyId: kmsKeyId ?? null,
      bucketOwner: bucketOwner ?? null,
      bucket,
      keyPrefix,
    },
  };
}
