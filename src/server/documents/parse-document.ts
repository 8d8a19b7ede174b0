import { type DocumentNode, GraphQLError, parse, type Token, TokenKind, visit } from 'graphql';
import type { LimitsConfig } from '../../config/config.ts';
import { graphqlRefusal, RequestRefusedError, withCode } from './refusal.ts';

export type ParserLimits = Pick<LimitsConfig, 'documentTokens' | 'literalLength'>;

const CODE = 'GRAPHQL_PARSE_FAILED';
/** How graphql-js begins its error for a document with too many tokens. */
const TOO_MANY_TOKENS = 'Syntax Error: Document contains more tha';

/** @throws {RequestRefusedError} for a syntax error, too many tokens or a long token. */
export function parseDocument(text: string, limits: ParserLimits): DocumentNode {
  const document = parseText(text, limits.documentTokens);
  const longToken = findLongToken(document, limits.literalLength);
  if (longToken) throw tooLong(longToken, limits.literalLength);
  return withoutTokens(document);
}

function parseText(text: string, maxTokens: number): DocumentNode {
  try {
    return parse(text, { maxLexicalTokens: maxTokens });
  } catch (error) {
    // A high limit of tokens allows more nesting than the stack.
    if (error instanceof RangeError) throw tooDeep();
    if (!(error instanceof GraphQLError)) throw error;
    if (error.message.startsWith(TOO_MANY_TOKENS)) throw tooManyTokens(maxTokens);
    throw new RequestRefusedError([withCode(CODE, error)]);
  }
}

function tooDeep(): RequestRefusedError {
  const message = 'The document is nested too deeply.';
  return new RequestRefusedError([graphqlRefusal(400, message, { code: CODE })]);
}

function tooManyTokens(max: number): RequestRefusedError {
  const message = `Send a document of at most ${max} tokens (\`MAX_DOCUMENT_TOKENS\`).`;
  const limit = 'MAX_DOCUMENT_TOKENS';
  return new RequestRefusedError([graphqlRefusal(400, message, { code: CODE, limit, max })]);
}

/** The number of quotation marks around the text of a literal. */
const QUOTES: Partial<Readonly<Record<TokenKind, number>>> = {
  [TokenKind.STRING]: 2,
  [TokenKind.BLOCK_STRING]: 6,
};

/** Returns the first literal, name, number or comment that is longer than the maximum. */
function findLongToken({ loc }: DocumentNode, max: number): Token | undefined {
  for (let token = loc?.startToken ?? null; token; token = token.next) {
    if (token.end - token.start - (QUOTES[token.kind] ?? 0) > max) return token;
  }
  return undefined;
}

function tooLong({ kind }: Token, max: number): RequestRefusedError {
  const limit = 'MAX_LITERAL_LENGTH';
  const message =
    `The document has a token (${kind}) of more than ${max} characters (\`${limit}\`). ` +
    'Send long values as variables.';
  return new RequestRefusedError([graphqlRefusal(400, message, { code: CODE, limit, max })]);
}

/** Finding the line of each error in a longer document would take too much time. */
const MAX_LINES_WITH_LOCATIONS = 2000;

/**
 * Removes the links to tokens from the locations of all nodes. Errors need only the offsets and the
 * text. The tokens of a document take several times the memory of its nodes, and a subscription can
 * keep its document for days.
 */
function withoutTokens(document: DocumentNode): DocumentNode {
  const lines = document.loc?.endToken.line ?? 0;
  visit(document, {
    enter: (node) => {
      if (!node.loc) return;
      const { start, end, source } = node.loc;
      const loc = lines > MAX_LINES_WITH_LOCATIONS ? undefined : { start, end, source };
      Object.assign(node, { loc });
    },
  });
  return document;
}
