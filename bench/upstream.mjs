// The Amazon Bedrock of the benchmark: returns the same jobs to every server, from responses that
// are serialized once. It uses almost no CPU, so its latency is the configured one. It checks
// neither signatures nor arguments.
//
//   GET  /async-invoke?maxResults=N&nextToken=T   a page of jobs, newest first
//   GET  /async-invoke/<ARN>                      one job
//   GET  /control                                 the number of calls since the last POST
//   POST /control {"latencyMs": 20}               sets the latency and resets the counts
import { Buffer } from 'node:buffer';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout } from 'node:timers';
import { sampleJobs } from './harness/sample-jobs.mjs';

const JOBS = 5000;
const TOKEN = 'page-from-row-';

const jobs = sampleJobs(JOBS);
const texts = jobs.map((job) => JSON.stringify(job));
const bodiesByArn = new Map(jobs.map((job, i) => [job.invocationArn, Buffer.from(texts[i])]));
const pages = new Map();
const state = { latencyMs: 0, calls: { list: 0, get: 0 } };

const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://upstream');
  if (url.pathname === '/control') {
    void control(request, response);
  } else if (url.pathname === '/async-invoke') {
    state.calls.list += 1;
    respondLater(response, pageOf(url.searchParams));
  } else {
    state.calls.get += 1;
    respondLater(
      response,
      bodiesByArn.get(decodeURIComponent(url.pathname.slice('/async-invoke/'.length))),
    );
  }
});
// Idle connections must not be closed during a measurement.
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});

async function control(request, response) {
  if (request.method === 'POST') {
    const { latencyMs = state.latencyMs } = await json(request);
    Object.assign(state, { latencyMs, calls: { list: 0, get: 0 } });
  }
  send(response, 200, Buffer.from(JSON.stringify(state)));
}

function respondLater(response, body) {
  const respond = () => (body ? send(response, 200, body) : send(response, 404, Buffer.from('{}')));
  if (state.latencyMs === 0) respond();
  else setTimeout(respond, state.latencyMs);
}

function send(response, status, body) {
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': body.length,
    'x-amzn-requestid': '00000000-0000-4000-8000-000000000000',
  });
  response.end(body);
}

function pageOf(parameters) {
  const from = Number((parameters.get('nextToken') ?? '').slice(TOKEN.length));
  const to = from + Number(parameters.get('maxResults'));
  const key = `${from}-${to}`;
  const cached = pages.get(key);
  if (cached) return cached;
  const nextToken = to < JOBS ? `,"nextToken":"${TOKEN}${to}"` : '';
  const body = Buffer.from(`{"asyncInvokeSummaries":[${texts.slice(from, to)}]${nextToken}}`);
  pages.set(key, body);
  return body;
}
