import { Kind, parse, visit } from 'graphql';
import ts from 'typescript';

/**
 * A piece of prose: its text, the line it starts on (from 1), and what it is.
 *
 * @typedef {{ text: string, line: number, kind: 'comment' | 'message' | 'title' | 'prose' }} Piece
 */

/** Returns the comments and the texts for people of a TypeScript or JavaScript file. */
export function fromScript(path, text) {
  const kind = /\.tsx$/.test(path) ? ts.ScriptKind.TSX : undefined;
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind);
  return [...comments(source, text), ...strings(source, path)];
}

function comments(source, text) {
  const found = new Map();
  // Returns nothing: TypeScript stops at the first truthy result.
  const add = (pos, end) => void found.set(pos, end);
  const walkTokens = (node) => {
    ts.forEachLeadingCommentRange(text, node.getFullStart(), add);
    ts.forEachTrailingCommentRange(text, node.getEnd(), add);
    for (const child of node.getChildren(source))
      if (child.kind !== ts.SyntaxKind.JsxText) walkTokens(child);
  };
  walkTokens(source);
  const blocks = joinLines(
    [...found].sort(([a], [b]) => a - b),
    text,
  );
  return blocks.map(([pos, end]) => ({
    kind: 'comment',
    line: lineOf(source, pos),
    text: plainComment(text.slice(pos, end)),
  }));
}

/** Joins `//` comments on consecutive lines into one. */
function joinLines(ranges, text) {
  const blocks = [];
  for (const [pos, end] of ranges) {
    const last = blocks.at(-1);
    const isNext =
      last && text.startsWith('//', pos) && /^\n[ \t]*$/.test(text.slice(last[1], pos));
    if (isNext && text.startsWith('//', last[0])) last[1] = end;
    else blocks.push([pos, end]);
  }
  return blocks;
}

/** Drops the markers of a comment and joins its lines, so that a phrase is found across a break. */
function plainComment(comment) {
  return comment
    .replace(/^\/\*+|\*+\/$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*(?:\/\/|\*)\s?/, '').trim())
    .join(' ')
    .trim();
}

/** Two words or more: shorter strings are names, not prose. */
const IS_PROSE = /[A-Za-z][^\n]*\s+[^\n]*[A-Za-z]/;
const TITLES = /^(?:describe|it|test|describeWhen)\b/;

function strings(source, path) {
  const pieces = [];
  const isTest = /(?:^|\/)test\//.test(path);
  const visitNode = (node) => {
    const text = proseOf(node);
    if (text !== undefined && IS_PROSE.test(text)) {
      const kind = isTitle(node) ? 'title' : 'message';
      if (kind === 'title' || !isTest)
        pieces.push({ kind, line: lineOf(source, node.getStart(source)), text });
    }
    ts.forEachChild(node, visitNode);
  };
  visitNode(source);
  return pieces;
}

function proseOf(node) {
  if (ts.isStringLiteralLike(node) || ts.isJsxText(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.templateSpans.reduce((all, { literal }) => `${all}…${literal.text}`, node.head.text);
}

function isTitle(node) {
  const call = node.parent;
  return (
    ts.isCallExpression(call) &&
    call.arguments[0] === node &&
    TITLES.test(call.expression.getText())
  );
}

function lineOf(source, position) {
  return source.getLineAndCharacterOfPosition(position).line + 1;
}

/** Returns the descriptions and the `#` comments of an SDL file or an operation. */
export function fromGraphql(_path, text) {
  const pieces = [];
  visit(parse(text), {
    enter(node) {
      const { description } = node;
      if (description?.kind !== Kind.STRING) return;
      const plain = description.value.replace(/\s*\n\s*/g, ' ');
      pieces.push({ kind: 'comment', line: description.loc.startToken.line, text: plain });
    },
  });
  text.split('\n').forEach((line, index) => {
    const comment = /^\s*#\s?(.*)$/.exec(line)?.[1];
    if (comment) pieces.push({ kind: 'comment', line: index + 1, text: comment });
  });
  return pieces;
}

/** Returns the paragraphs of a Markdown file, without code. */
export function fromMarkdown(_path, text) {
  const pieces = [];
  let isCode = false;
  let paragraph;
  text.split('\n').forEach((line, index) => {
    if (/^\s*(?:```|~~~)/.test(line)) isCode = !isCode;
    const isBreak = isCode || line.trim() === '' || /^\s*(?:```|~~~|[#|>-]|\d+\. )/.test(line);
    if (isBreak) paragraph = undefined;
    if (isCode || line.trim() === '') return;
    if (!paragraph) pieces.push((paragraph = { kind: 'prose', line: index + 1, text: '' }));
    paragraph.text += ` ${line.replace(/`[^`]*`/g, '`code`').trim()}`;
  });
  return pieces;
}

/** Returns the comments of a stylesheet, YAML file or shell script, line by line. */
export function fromComments(_path, text) {
  return text.split('\n').flatMap((line, index) => {
    const comment = /(?:^|\s)(?:#|\/\*|\*|\/\/)\s+(.*?)(?:\*\/)?$/.exec(line)?.[1];
    return comment ? [{ kind: 'comment', line: index + 1, text: comment }] : [];
  });
}
