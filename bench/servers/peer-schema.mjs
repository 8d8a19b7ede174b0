// The part of the gateway's graph that the benchmark queries, with plain resolvers over the results
// of the SDK. Shared by all GraphQL servers that take a schema with resolvers.
import { ListAsyncInvokesCommand } from '@aws-sdk/client-bedrock-runtime';
import { GraphQLDateTime } from 'graphql-scalars';
import { Buffer } from 'node:buffer';
import { createClient } from './bedrock.mjs';

const STATUSES = { InProgress: 'IN_PROGRESS', Completed: 'COMPLETED', Failed: 'FAILED' };
const client = createClient();

export const typeDefs = `
  scalar AwsArn
  scalar S3Uri
  scalar DateTime

  type Query {
    asyncInvokes(first: Int!): AsyncInvokeConnection
  }

  type AsyncInvokeConnection {
    edges: [AsyncInvokeEdge!]!
    pageInfo: PageInfo!
  }

  type AsyncInvokeEdge {
    cursor: String!
    node: AsyncInvokeSummary
  }

  type PageInfo {
    hasNextPage: Boolean!
    endCursor: String
  }

  type AsyncInvokeSummary {
    id: ID!
    invocationArn: AwsArn!
    modelArn: AwsArn
    clientRequestToken: String
    status: AsyncInvokeStatus
    rawStatus: String
    failureMessage: String
    submitTime: DateTime
    lastModifiedTime: DateTime
    endTime: DateTime
    outputDataConfig: AsyncInvokeOutputDataConfig
    modelId: String
    region: String!
    accountId: String!
    durationSeconds: Float
  }

  enum AsyncInvokeStatus {
    IN_PROGRESS
    COMPLETED
    FAILED
    UNKNOWN
  }

  union AsyncInvokeOutputDataConfig =
      AsyncInvokeS3OutputDataConfig
    | AsyncInvokeUnknownOutputDataConfig

  type AsyncInvokeS3OutputDataConfig {
    s3Uri: S3Uri!
    kmsKeyId: String
    bucketOwner: String
    bucket: String!
    keyPrefix: String!
  }

  type AsyncInvokeUnknownOutputDataConfig {
    memberName: String!
  }
`;

export const resolvers = {
  DateTime: GraphQLDateTime,
  Query: {
    async asyncInvokes(_parent, { first }) {
      const command = new ListAsyncInvokesCommand({
        maxResults: first,
        sortBy: 'SubmissionTime',
        sortOrder: 'Descending',
      });
      const { asyncInvokeSummaries, nextToken } = await client.send(command);
      const edges = asyncInvokeSummaries.map((node) => ({ cursor: cursorOf(node), node }));
      const endCursor = edges.at(-1)?.cursor;
      return { edges, pageInfo: { hasNextPage: nextToken !== undefined, endCursor } };
    },
  },
  AsyncInvokeSummary: {
    id: ({ invocationArn }) => opaque(`AsyncInvokeSummary:${invocationArn}`),
    status: ({ status }) => STATUSES[status] ?? 'UNKNOWN',
    rawStatus: ({ status }) => status,
    modelId: ({ modelArn }) => modelArn.slice(modelArn.indexOf('/') + 1),
    region: ({ invocationArn }) => invocationArn.split(':')[3],
    accountId: ({ invocationArn }) => invocationArn.split(':')[4],
    durationSeconds: ({ submitTime, endTime }) => (endTime ? (endTime - submitTime) / 1000 : null),
    outputDataConfig: ({ outputDataConfig: { s3OutputDataConfig } }) => ({
      __typename: 'AsyncInvokeS3OutputDataConfig',
      ...s3OutputDataConfig,
    }),
  },
  AsyncInvokeS3OutputDataConfig: {
    bucket: ({ s3Uri }) => s3Uri.split('/')[2],
    keyPrefix: ({ s3Uri }) => s3Uri.split('/').slice(3).join('/'),
  },
};

function cursorOf({ submitTime, invocationArn }) {
  return opaque(JSON.stringify([submitTime, invocationArn]));
}

function opaque(text) {
  return Buffer.from(text).toString('base64url');
}
