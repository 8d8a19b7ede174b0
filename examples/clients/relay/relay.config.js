const { existsSync, writeFileSync } = require('node:fs');
const { join, relative } = require('node:path');

/** Whether this build sends the ids of its documents instead of their text. */
const sendsIds = process.env.VITE_TRUSTED_DOCUMENTS === 'true';
const PERSISTED_QUERIES = 'persisted-queries.json';
/** The compiler adds to this file and does not create it. */
const file = join(__dirname, PERSISTED_QUERIES);
if (sendsIds && !existsSync(file)) writeFileSync(file, '{}');

module.exports = {
  src: './src',
  language: 'typescript',
  schema: relative(__dirname, require.resolve('bedrock-async-graphql/schema/standalone.graphql')),
  eagerEsModules: true,
  noSourceControl: true,
  customScalarTypes: { AwsArn: 'string', DateTime: 'string', S3Uri: 'string' },
  ...(sendsIds && { persistConfig: { file: PERSISTED_QUERIES, algorithm: 'SHA256' } }),
};
