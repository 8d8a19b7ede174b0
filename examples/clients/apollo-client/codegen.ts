import type { CodegenConfig } from '@graphql-codegen/cli';
import { standaloneSdl } from 'bedrock-async-graphql/schema';

export default {
  schema: standaloneSdl,
  documents: ['src/**/*.tsx', 'src/**/*.ts', '!src/gql/**'],
  generates: {
    'src/gql/': {
      preset: 'client',
      // Apollo Client does the fragment masking.
      presetConfig: { fragmentMasking: false },
      config: {
        inlineFragmentTypes: 'mask',
        customDirectives: { apolloUnmask: true },
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        scalars: { AwsArn: 'string', S3Uri: 'string', DateTime: 'string' },
      },
    },
  },
} satisfies CodegenConfig;
