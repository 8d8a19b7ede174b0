import { DateTimeResolver as DateTime } from 'graphql-scalars';
import type { Resolvers } from './__generated__/types.ts';
import { AsyncInvokeSummary } from './async-invoke-summary.ts';
import { Node, NodeQuery } from './node.ts';
import {
  AsyncInvokeOutputDataConfig,
  AsyncInvokeS3OutputDataConfig,
} from './output-data-config.ts';
import { Query } from './query.ts';
import { AwsArn } from './scalars/aws-arn.ts';
import { S3Uri } from './scalars/s3-uri.ts';

export const resolvers: Resolvers = {
  Query: { ...Query, ...NodeQuery },
  AsyncInvokeConnection: { nodes: ({ edges }) => edges.map(({ node }) => node) },
  AsyncInvokeSummary,
  AsyncInvokeOutputDataConfig,
  AsyncInvokeS3OutputDataConfig,
  Node,
  AwsArn,
  DateTime,
  S3Uri,
};
