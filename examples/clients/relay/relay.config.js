const { relative } = require('node:path');

module.exports = {
  src: './src',
  language: 'typescript',
  schema: relative(__dirname, require.resolve('bedrock-async-graphql/schema/standalone.graphql')),
  eagerEsModules: true,
  noSourceControl: true,
  customScalarTypes: { AwsArn: 'string', DateTime: 'string', S3Uri: 'string' },
};
