import {
  type Attributes,
  context,
  type Context,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { IncomingHttpHeaders } from 'node:http';
import type { UpstreamCall } from '../../invocations/source.ts';

/**
 * The OpenTelemetry spans of one request: the request, its operation, and each call to Amazon
 * Bedrock. Nearly free when traces are disabled. Spans contain names and codes, but no document,
 * variables or messages.
 */
export class RequestTrace {
  readonly #request: Span;
  #operation: Span | undefined;

  constructor(method: string, headers: IncomingHttpHeaders) {
    const parent = propagation.extract(ROOT_CONTEXT, headers);
    const attributes = { 'http.request.method': method, 'http.route': '/graphql' };
    this.#request = start(`${method} /graphql`, SpanKind.SERVER, parent, attributes);
  }

  /** Undefined when traces are disabled. */
  get traceId(): string | undefined {
    const spanContext = this.#request.spanContext();
    return isSpanContextValid(spanContext) ? spanContext.traceId : undefined;
  }

  startOperation(type: string, name: string | undefined, cost: number): void {
    const title = name === undefined ? `graphql ${type}` : `graphql ${type} ${name}`;
    this.#operation = start(title, SpanKind.INTERNAL, contextWith(this.#request), {
      'graphql.operation.type': type,
      ...(name !== undefined && { 'graphql.operation.name': name }),
      'graphql.operation.cost': cost,
    });
  }

  addUpstreamCall({
    operation,
    region,
    outcome,
    attempts,
    durationMs,
    requestId,
  }: UpstreamCall): void {
    const parent = contextWith(this.#operation ?? this.#request);
    const end = Date.now();
    const attributes = {
      'rpc.system': 'aws-api',
      'rpc.service': 'BedrockRuntime',
      'rpc.method': operation,
      'cloud.region': region,
      'aws.attempts': attempts,
      ...(requestId !== undefined && { 'aws.request_id': requestId }),
    };
    const span = start(
      `BedrockRuntime/${operation}`,
      SpanKind.CLIENT,
      parent,
      attributes,
      end - durationMs,
    );
    if (outcome !== 'ok') fail(span, outcome);
    span.end(end);
  }

  end(status: number, codes: readonly string[]): void {
    const [code] = codes;
    if (code !== undefined && this.#operation) fail(this.#operation, code);
    this.#operation?.end();
    this.#request.setAttribute('http.response.status_code', status);
    if (status >= 500) fail(this.#request, code ?? String(status));
    this.#request.end();
  }
}

function start(
  name: string,
  kind: SpanKind,
  parent: Context,
  attributes: Attributes,
  startTime = Date.now(),
): Span {
  const tracer = trace.getTracer('bedrock-async-graphql');
  return tracer.startSpan(name, { kind, attributes, startTime }, parent);
}

/** Returns a context with the span as parent. Copies no context when traces are disabled. */
function contextWith(span: Span): Context {
  return isSpanContextValid(span.spanContext())
    ? trace.setSpan(context.active(), span)
    : ROOT_CONTEXT;
}

function fail(span: Span, type: string): void {
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
