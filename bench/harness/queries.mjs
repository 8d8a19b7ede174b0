/** All fields of a job. */
const JOB = `id invocationArn modelArn modelId clientRequestToken status rawStatus failureMessage
  submitTime lastModifiedTime endTime durationSeconds region accountId
  outputDataConfig { ... on AsyncInvokeS3OutputDataConfig {
    s3Uri kmsKeyId bucketOwner bucket keyPrefix } }`;

/** `first` is a variable, so that the document is the same for every page size. */
const PAGE = `query Page($first: Int!) { asyncInvokes(first: $first) {
  pageInfo { endCursor hasNextPage } edges { cursor node { ${JOB} } } } }`;

const ENTITIES = `query Jobs($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on AsyncInvokeSummary { ${JOB} } } }`;

const OPEN_API_PAGE = `query Page($first: Int!) {
  listAsyncInvokes(maxResults: $first, sortBy: "SubmissionTime", sortOrder: "Descending") {
    nextToken asyncInvokeSummaries {
      invocationArn modelArn clientRequestToken status failureMessage submitTime lastModifiedTime
      endTime outputDataConfig { s3OutputDataConfig { s3Uri kmsKeyId bucketOwner } } } } }`;

export function relayPage(path, first) {
  return { path, body: { query: PAGE, variables: { first } } };
}

export function openApiPage(first) {
  return { path: '/graphql', body: { query: OPEN_API_PAGE, variables: { first } } };
}

export function entities(arns) {
  const representations = arns.map((invocationArn) => ({
    __typename: 'AsyncInvokeSummary',
    invocationArn,
  }));
  return { path: '/graphql', body: { query: ENTITIES, variables: { representations } } };
}

export function restPage(first) {
  return { path: `/jobs?first=${first}` };
}

export function restMany(arns) {
  return { path: `/jobs/many?arns=${arns.join(',')}` };
}
