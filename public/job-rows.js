import { copyOnClick } from './copy.js';
import { ago, duration, localDateTime, secondsSince, shortId } from './text.js';

const STATUS = {
  IN_PROGRESS: 'In progress',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
};
const SVG = 'http://www.w3.org/2000/svg';

/**
 * Rows of jobs in a table body. Data becomes text nodes and nothing else. A row stays the same element as long as its job
 * is on the page, so that a refresh takes neither the focus nor a selection away.
 */
export class JobRows {
  #body;
  #rows = new Map();

  constructor(body) {
    this.#body = body;
  }

  get count() {
    return this.#rows.size;
  }

  /** `markNew`: let jobs that were not there before be noticed. */
  show(jobs, { markNew }) {
    const before = this.#rows;
    this.#rows = new Map();
    for (const job of jobs) {
      const row = before.get(job.invocationArn) ?? createRow(job.invocationArn, markNew);
      row.update(job);
      this.#rows.set(job.invocationArn, row);
    }
    this.#place();
    this.tick();
  }

  /** What the clock alone changes. */
  tick(now = Date.now()) {
    for (const row of this.#rows.values()) row.tick(now);
  }

  #place() {
    const wanted = [...this.#rows.values()].map(({ element }) => element);
    for (const element of [...this.#body.children]) {
      if (!wanted.includes(element)) element.remove();
    }
    let next = this.#body.firstElementChild;
    for (const element of wanted) {
      if (element === next) next = next.nextElementSibling;
      else this.#body.insertBefore(element, next);
    }
  }
}

function createRow(arn, isNew) {
  const status = create('span', 'status');
  const id = create('code', 'id', shortId(arn));
  id.title = arn;
  const copyArn = create('button', 'quiet', 'Copy ARN');
  copyArn.type = 'button';
  copyArn.setAttribute('aria-label', `Copy ARN of ${shortId(arn)}`);
  copyOnClick(copyArn, () => arn);
  const model = create('span');
  const submitted = create('time');
  const age = create('small');
  const took = create('span');
  const soFar = create('small');
  const output = create('code', 'uri');
  const failure = create('p', 'failure');

  const element = create('tr', isNew ? 'new' : '');
  element.setAttribute('role', 'row');
  element.append(
    cell('Status', status),
    cell('Invocation', id, copyArn),
    cell('Model', model),
    cell('Submitted', submitted, age),
    cell('Duration', took, soFar),
    cell('Output', output, failure),
  );

  let job;
  const tick = (now) => {
    setText(age, job.submitTime ? ago(secondsSince(Date.parse(job.submitTime), now)) : '');
    setText(took, durationText(job, now));
    setText(soFar, isRunning(job) ? 'so far' : '');
  };
  const update = (latest) => {
    job = latest;
    showStatus(status, job);
    element.dataset.status = job.status ?? '';
    setText(model, job.modelId ?? '–');
    model.title = job.modelArn ?? '';
    setText(submitted, job.submitTime ? localDateTime(Date.parse(job.submitTime)) : '–');
    submitted.dateTime = submitted.title = job.submitTime ?? '';
    setText(output, outputText(job.outputDataConfig));
    setText(failure, job.failureMessage ?? '');
    failure.hidden = !job.failureMessage;
  };
  return { element, update, tick };
}

function showStatus(place, { status, rawStatus }) {
  const text = STATUS[status] ?? rawStatus ?? 'Not reported';
  if (place.textContent === text) return;
  place.replaceChildren(icon(status in STATUS ? status : 'UNKNOWN'), text);
}

function durationText(job, now) {
  if (job.durationSeconds !== null) return duration(job.durationSeconds);
  return isRunning(job) ? duration(secondsSince(Date.parse(job.submitTime), now)) : '–';
}

function isRunning({ status, submitTime }) {
  return status === 'IN_PROGRESS' && submitTime !== null;
}

function outputText(config) {
  return config?.s3Uri ?? config?.memberName ?? '–';
}

function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', `icon ${name}`);
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** The label stands in for the column's heading where a row is shown as a card. */
function cell(label, ...content) {
  const element = create('td');
  element.setAttribute('role', 'cell');
  element.dataset.label = label;
  element.append(...content);
  return element;
}

function create(tag, className = '', text = '') {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = text;
  return element;
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
