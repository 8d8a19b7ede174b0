import { type DocumentNode, GraphQLError, parse, visit } from 'graphql';
import { graphqlRefusal, RequestRefusedError, withCode } from './refusal.ts';

/** How graphql-js begins its error for a document with too many tokens. */
const TOO_MANY_TOKENS = 'Syntax Error: Document contains more tha';

/** @throws {RequestRefusedError} for a syntax error or too many tokens. */
export function parseDocument(text: string, maxTokens: number): DocumentNode {
  try {
    return withoutTokens(parse(text, { maxLexicalTokens: maxTokens }));
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    throw new RequestRefusedError([
      error.message.startsWith(TOO_MANY_TOKENS)
        ? tooManyTokens(maxTokens)
        : withCode('GRAPHQL_PARSE_FAILED', error),
    ]);
  }
}

function tooManyTokens(max: number): GraphQLError {
  const message = `Send a document of at most ${max} tokens (\`MAX_DOCUMENT_TOKENS\`).`;
  const limit = 'MAX_DOCUMENT_TOKENS';
  return graphqlRefusal(400, message, { code: 'GRAPHQL_PARSE_FAILED', limit, max });
}

/**
 * Removes the links to tokens from the locations of all nodes. Errors need only the offsets and the
 * text. The tokens of a document take several times the memory of its nodes, and a subscription can
 * keep its document for days.
 */
function withoutTokens(document: DocumentNode): DocumentNode {
  visit(document, {
    enter: (node) => {
      if (!node.loc) return;
      const { start, end, source } = node.loc;
      Object.assign(node, { loc: { start, end, source } });
    },
  });
  return document;
}
