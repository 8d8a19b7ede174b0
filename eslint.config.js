import js from '@eslint/js';
import comments from '@eslint-community/eslint-plugin-eslint-comments/configs';
import graphql from '@graphql-eslint/eslint-plugin';
import reactHooks from 'eslint-plugin-react-hooks';
import { globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const typescript = ['src/**/*.ts', 'test/**/*.ts', 'web/**/*.{ts,tsx}'];

const graphs = ['schema/*.graphql', 'schema/standalone/*.graphql', 'schema/start/*.graphql'];

/** What `@apollo/subgraph` adds to the subgraph, and the standalone graph is served without. */
const federationDirectives = `
  directive @cost(weight: Int!) on FIELD_DEFINITION | OBJECT
  directive @key(fields: String!) repeatable on OBJECT
  directive @listSize(
    assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean
  ) on FIELD_DEFINITION
  directive @shareable on OBJECT
`;

export default tseslint.config(
  globalIgnores([
    '**/dist',
    'coverage',
    'node_modules',
    '.venv',
    '**/__generated__',
    'examples/clients/*/src/gql',
    'schema/printed',
    'schema/published',
  ]),
  {
    files: ['**/*.js', '**/*.mjs'],
    extends: [js.configs.recommended],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'console', 'performance', 'URL', 'AbortController', 'AbortSignal', 'fetch'].map(
          (name) => [name, 'readonly'],
        ),
      ),
    },
  },
  {
    // Relay's compiler reads CommonJS alone.
    files: ['examples/clients/relay/relay.config.js'],
    languageOptions: { sourceType: 'commonjs', globals: { __dirname: 'readonly' } },
  },
  {
    files: typescript,
    extends: [
      js.configs.recommended,
      tseslint.configs.strictTypeChecked,
      tseslint.configs.stylisticTypeChecked,
      comments.recommended,
    ],
    languageOptions: {
      parserOptions: {
        project: ['tsconfig.json', 'web/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@eslint-community/eslint-comments/require-description': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // A `default` that ends in `satisfies never` is exhaustive too, and says so to the compiler.
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
    },
  },
  {
    files: ['web/src/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat.recommended],
  },
  {
    // Jest's expect() reads better with the assertions it has; a skip must go through the harness,
    // which asks for a reason.
    files: ['test/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(skip|only|todo)$/]',
          message: 'Use describeWhen from test/harness/when.ts, which prints the reason.',
        },
      ],
    },
  },
  {
    files: graphs,
    plugins: { '@graphql-eslint': graphql },
    languageOptions: {
      parser: graphql.parser,
      parserOptions: {
        graphQLConfig: { schema: [...graphs, federationDirectives] },
      },
    },
    rules: {
      ...graphql.configs['flat/schema-recommended'].rules,
      ...graphql.configs['flat/schema-relay'].rules,
      // One line inline, several as a block.
      '@graphql-eslint/description-style': 'off',
      // Only entities have an identity; these types are parts of one, or of a page.
      '@graphql-eslint/strict-id-in-types': [
        'error',
        {
          exceptions: {
            suffixes: ['Config', 'Connection', 'Edge', 'PageInfo', 'Payload', 'UserError'],
          },
        },
      ],
      // `nodes` beside `edges`, and `Query.nodes`, are plain lists by their nature.
      '@graphql-eslint/relay-edge-types': [
        'error',
        { withEdgeSuffix: true, shouldImplementNode: true, listTypeCanWrapOnlyEdgeType: false },
      ],
      // A description on every element, not only on types.
      '@graphql-eslint/require-description': [
        'error',
        {
          types: true,
          FieldDefinition: true,
          InputValueDefinition: true,
          EnumValueDefinition: true,
          DirectiveDefinition: true,
          rootField: true,
        },
      ],
    },
  },
);
