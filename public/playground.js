import { ask, ENDPOINT, post } from './ask.js';
import { copyOnClick } from './copy.js';
import { PRESETS } from './presets.js';

const SAMPLE = '{ asyncInvokes(first: 5) { nodes { invocationArn } pageInfo { endCursor } } }';

/** Ready-made queries to read, change, copy and run. */
export function showPlayground() {
  const byId = (id) => document.getElementById(id);
  const query = byId('query');
  const variables = byId('variables');
  const form = byId('playground');

  const presets = byId('presets');
  const pick = async (preset) => {
    query.value = preset.query;
    const filledIn = (variables.value = format(preset.variables(NO_SAMPLE)));
    if (!preset.wantsSample) return;
    presets.setAttribute('aria-busy', 'true');
    const sample = await readSample();
    presets.setAttribute('aria-busy', 'false');
    const isUntouched = query.value === preset.query && variables.value === filledIn;
    if (isUntouched) variables.value = format(preset.variables(sample));
  };
  presets.append(...PRESETS.map((preset) => choice(preset, pick)));
  void pick(PRESETS[0]);

  const view = { answer: byId('answer'), timing: byId('timing'), run: byId('run') };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void run(query.value, variables.value, view);
  });
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  copyOnClick(byId('copy-query'), () => query.value);
  copyOnClick(byId('copy-curl'), () => curl(query.value, variables.value));
}

function choice(preset, pick) {
  const label = document.createElement('label');
  const input = document.createElement('input');
  input.type = 'radio';
  input.name = 'preset';
  input.checked = preset === PRESETS[0];
  input.addEventListener('change', () => pick(preset));
  label.append(input, preset.title);
  return label;
}

async function run(query, variablesText, { answer, timing, run: button }) {
  const variables = readVariables(variablesText);
  if (!variables) {
    show(answer, 'The variables are not a JSON object.', true);
    timing.textContent = '';
    return;
  }
  if (button.getAttribute('aria-disabled') === 'true') return;
  button.setAttribute('aria-disabled', 'true');
  timing.textContent = 'Running…';
  try {
    const { status, text, milliseconds } = await post({ query, variables });
    show(answer, pretty(text), hasErrors(text));
    timing.textContent = `${status} in ${Math.round(milliseconds)} ms`;
  } catch (error) {
    show(answer, error.message, true);
    timing.textContent = 'No answer';
  } finally {
    button.setAttribute('aria-disabled', 'false');
  }
}

function show(answer, text, isError) {
  answer.textContent = text;
  answer.classList.toggle('is-error', isError);
  answer.scrollTop = 0;
}

/** Nothing is no variables; undefined for what a request cannot carry. */
function readVariables(text) {
  try {
    const value = JSON.parse(text.trim() || '{}');
    return typeof value === 'object' && !Array.isArray(value) ? (value ?? {}) : undefined;
  } catch {
    return undefined;
  }
}

const NO_SAMPLE = {
  invocationArn: 'arn:aws:bedrock:us-east-1:111122223333:async-invoke/abcdefghijkl',
  endCursor: null,
};

/** A job and a cursor that exist, where there are any. */
async function readSample() {
  try {
    const { nodes, pageInfo } = (await ask(SAMPLE)).data.asyncInvokes;
    const job = nodes.find((node) => node !== null);
    return {
      invocationArn: job?.invocationArn ?? NO_SAMPLE.invocationArn,
      endCursor: pageInfo.endCursor,
    };
  } catch {
    return NO_SAMPLE;
  }
}

function hasErrors(text) {
  try {
    return 'errors' in JSON.parse(text);
  } catch {
    return true;
  }
}

function pretty(text) {
  try {
    return format(JSON.parse(text));
  } catch {
    return text;
  }
}

function format(value) {
  return JSON.stringify(value, null, 2);
}

function curl(query, variablesText) {
  const body = JSON.stringify({ query, variables: readVariables(variablesText) ?? {} });
  return `curl ${quote(ENDPOINT)} -H 'content-type: application/json' -d ${quote(body)}`;
}

/** For a POSIX shell. */
function quote(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
