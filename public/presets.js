const DEFAULTS = ['invocationArn', 'modelId', 'status', 'submitTime'];

/** `wantsSample`: the variables are a function of a job and a cursor that exist. */
export const PRESETS = [
  {
    title: 'First page',
    query: list('FirstPage', { first: 'Int' }, DEFAULTS, ['hasNextPage', 'endCursor']),
    variables: () => ({ first: 5 }),
  },
  {
    title: 'Failed jobs',
    query: list('FailedJobs', { first: 'Int', filter: 'AsyncInvokeFilter' }, [
      'invocationArn',
      'modelId',
      'failureMessage',
      'endTime',
    ]),
    variables: () => ({ first: 5, filter: { statusEquals: 'FAILED' } }),
  },
  {
    title: 'In progress',
    query: list('JobsInProgress', { first: 'Int', filter: 'AsyncInvokeFilter' }, DEFAULTS),
    variables: () => ({ first: 5, filter: { statusEquals: 'IN_PROGRESS' } }),
  },
  {
    title: 'One job by ARN',
    query: `query OneJob($invocationArn: AwsArn!) {
  asyncInvoke(invocationArn: $invocationArn) {
    status
    modelId
    failureMessage
    submitTime
    endTime
    durationSeconds
    outputDataConfig {
      ... on AsyncInvokeS3OutputDataConfig {
        s3Uri
      }
    }
  }
}`,
    variables: ({ invocationArn }) => ({ invocationArn }),
    wantsSample: true,
  },
  {
    title: 'Next page',
    query: list('NextPage', { first: 'Int', after: 'String' }, DEFAULTS, [
      'hasNextPage',
      'hasPreviousPage',
      'endCursor',
    ]),
    variables: ({ endCursor }) => ({ first: 5, after: endCursor }),
    wantsSample: true,
  },
  {
    title: 'Last page',
    query: list('LastPage', { last: 'Int' }, DEFAULTS, ['hasPreviousPage', 'startCursor']),
    variables: () => ({ last: 5 }),
  },
];

function list(name, types, nodes, pageInfo = []) {
  const declared = Object.entries(types).map(([key, type]) => `$${key}: ${type}`);
  const given = Object.keys(types).map((key) => `${key}: $${key}`);
  const fields = [
    `  asyncInvokes(${given.join(', ')}) {`,
    ...block('nodes', nodes),
    ...(pageInfo.length > 0 ? block('pageInfo', pageInfo) : []),
    '  }',
  ];
  return [`query ${name}(${declared.join(', ')}) {`, ...fields, '}'].join('\n');
}

function block(name, fields) {
  return [`    ${name} {`, ...fields.map((field) => `      ${field}`), '    }'];
}
