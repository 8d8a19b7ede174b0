import type { Resolvers } from './__generated__/types.ts';
import { AsyncInvokeSummary } from './async-invoke-summary.ts';
import type { GraphContext, SubscriptionContext } from './context.ts';
import { resolveReference } from './resolve-reference.ts';
import { Mutation } from './mutation.ts';
import { Node, NodeQuery } from './node.ts';
import {
  AsyncInvokeOutputDataConfig,
  AsyncInvokeS3OutputDataConfig,
} from './output-data-config.ts';
import { Query } from './query.ts';
import { AwsArn } from './scalars/aws-arn.ts';
import { DateTime } from './scalars/date-time.ts';
import { JSON } from './scalars/json.ts';
import { S3Uri } from './scalars/s3-uri.ts';
import { Subscription } from './subscription.ts';

/**
 * Resolvers of queries and mutations get a GraphContext, those of subscriptions a
 * SubscriptionContext.
 */
type AnyResolvers = Resolvers<GraphContext & SubscriptionContext>;

const resolvers = {
  Query,
  Subscription,
  AsyncInvokeConnection: { nodes: ({ edges }) => edges.map(({ node }) => node) },
  AsyncInvokeSummary,
  AsyncInvokeOutputDataConfig,
  AsyncInvokeS3OutputDataConfig,
  AwsArn,
  DateTime,
  S3Uri,
} satisfies AnyResolvers;

export const standaloneResolvers: AnyResolvers = {
  ...resolvers,
  Query: { ...Query, ...NodeQuery },
  Node,
};

export const subgraphResolvers = {
  ...resolvers,
  AsyncInvokeSummary: { ...AsyncInvokeSummary, __resolveReference: resolveReference },
};

/** Added when the graph can start invocations. */
export const startResolvers = { Mutation, JSON } satisfies Resolvers;
