/** Every field of an invocation. */
export const JOB = /* GraphQL */ `
  fragment Job on AsyncInvokeSummary {
    id
    invocationArn
    modelArn
    modelId
    clientRequestToken
    status
    rawStatus
    failureMessage
    submitTime
    lastModifiedTime
    endTime
    durationSeconds
    region
    accountId
    outputDataConfig {
      __typename
      ... on AsyncInvokeS3OutputDataConfig {
        s3Uri
        kmsKeyId
        bucketOwner
        bucket
        keyPrefix
      }
      ... on AsyncInvokeUnknownOutputDataConfig {
        memberName
      }
    }
  }
`;

/** Every field of a page, as a frontend would request it. */
export const LIST = /* GraphQL */ `
  query List(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $filter: AsyncInvokeFilter
    $orderBy: AsyncInvokeOrder
  ) {
    asyncInvokes(
      first: $first
      after: $after
      last: $last
      before: $before
      filter: $filter
      orderBy: $orderBy
    ) {
      edges {
        cursor
        node {
          invocationArn
        }
      }
      nodes {
        ...Job
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
  ${JOB}
`;

export const GET = /* GraphQL */ `
  query Get($arn: AwsArn!) {
    asyncInvoke(invocationArn: $arn) {
      invocationArn
      status
      rawStatus
      submitTime
      outputDataConfig {
        __typename
      }
    }
  }
`;

/** A start, with every field of its payload. */
export const START = /* GraphQL */ `
  mutation Start($input: StartAsyncInvokeInput!) {
    startAsyncInvoke(input: $input) {
      asyncInvoke {
        ...Job
      }
      edge {
        cursor
        node {
          invocationArn
        }
      }
      userErrors {
        code
        field
        message
        awsRequestId
      }
    }
  }
  ${JOB}
`;

export interface StartJson {
  readonly asyncInvoke: (Readonly<Record<string, unknown>> & { invocationArn: string }) | null;
  readonly edge: { readonly cursor: string; readonly node: { invocationArn: string } } | null;
  readonly userErrors: readonly Readonly<Record<string, unknown>>[];
}

export interface PageJson {
  readonly edges: readonly {
    readonly cursor: string;
    readonly node: { readonly invocationArn: string } | null;
  }[];
  readonly nodes: readonly (Readonly<Record<string, unknown>> | null)[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}
