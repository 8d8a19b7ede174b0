import { ask, isAbort } from './ask.js';
import { JobRows } from './job-rows.js';
import { ago, localDateTime, localTime, secondsSince } from './text.js';

const REFRESH_MS = 5000;
const PAGE_SIZE = 10;
const NEWEST = { first: PAGE_SIZE };

const JOBS = /* GraphQL */ `
  query Jobs($first: Int, $after: String, $last: Int, $before: String, $filter: AsyncInvokeFilter) {
    asyncInvokes(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
      nodes {
        invocationArn
        modelArn
        modelId
        status
        rawStatus
        failureMessage
        submitTime
        durationSeconds
        outputDataConfig {
          ... on AsyncInvokeS3OutputDataConfig {
            s3Uri
          }
          ... on AsyncInvokeUnknownOutputDataConfig {
            memberName
          }
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`;

/** The table of jobs: one page of the connection, read again and again where it stands. */
export function showJobs() {
  new Jobs().start();
}

class Jobs {
  #at = pickElements();
  #rows = new JobRows(this.#at.rows);
  /** The arguments that name the page on view. */
  #place = NEWEST;
  #status = '';
  #pageInfo;
  #refreshedAt;
  #problem = '';
  #isPaused = false;
  /** From leaving a page until another one has been read: its cursors are not to be used. */
  #isMoving = true;
  #announcement = '';
  #reading;
  #timer;

  start() {
    const { filter, newest, newer, older, pause, refresh } = this.#at;
    filter.addEventListener('change', ({ target }) => {
      this.#status = target.value;
      this.#goTo(NEWEST);
    });
    onPress(newest, () => this.#goTo(NEWEST));
    onPress(newer, () => this.#goTo({ last: PAGE_SIZE, before: this.#pageInfo.startCursor }));
    onPress(older, () => this.#goTo({ first: PAGE_SIZE, after: this.#pageInfo.endCursor }));
    onPress(refresh, () => this.#read());
    onPress(pause, () => this.#setPaused(!this.#isPaused));
    document.addEventListener('visibilitychange', () => this.#onVisibility());
    window.setInterval(() => this.#tick(), 1000);
    void this.#read();
  }

  #goTo(place) {
    this.#place = place;
    this.#isMoving = true;
    this.#showPaging();
    void this.#read();
  }

  /** Reads the page on view. A read under way gives way, so that answers cannot overtake each other. */
  async #read() {
    clearTimeout(this.#timer);
    this.#reading?.abort();
    const reading = (this.#reading = new window.AbortController());
    this.#at.table.setAttribute('aria-busy', 'true');
    let wait = REFRESH_MS;
    try {
      const { page, problems } = await this.#fetchPage(reading.signal);
      this.#take(page, problems);
    } catch (error) {
      if (reading !== this.#reading || isAbort(error)) return;
      this.#problem = error.message;
      wait = Math.max(wait, error.retryAfterMs ?? 0);
    }
    this.#reading = undefined;
    this.#at.table.setAttribute('aria-busy', 'false');
    this.#show();
    this.#schedule(wait);
  }

  /** Going newer ends at the newest page, which has to stay the newest when jobs arrive. */
  async #fetchPage(signal) {
    const answer = await this.#ask(signal);
    const { pageInfo } = answer.page;
    if (!('before' in this.#place) || pageInfo.hasPreviousPage) return answer;
    this.#place = NEWEST;
    return this.#ask(signal);
  }

  async #ask(signal) {
    const filter = this.#status ? { statusEquals: this.#status } : null;
    const { data, problems } = await ask(JOBS, { ...this.#place, filter }, signal);
    if (!data.asyncInvokes) throw new Error(problems[0] ?? 'The gateway gave no page.');
    return { page: data.asyncInvokes, problems };
  }

  #take({ nodes, pageInfo }, problems) {
    const jobs = nodes.filter((node) => node !== null);
    this.#rows.show(jobs, { markNew: !this.#isMoving });
    this.#pageInfo = pageInfo;
    this.#refreshedAt = Date.now();
    this.#problem = '';
    this.#at.summary.textContent = summaryOf(nodes.length, jobs.length, problems);
    if (this.#isMoving) this.#announcement = announcementOf(jobs);
    this.#isMoving = false;
  }

  #schedule(wait) {
    clearTimeout(this.#timer);
    if (this.#isPaused || document.hidden) return;
    this.#timer = setTimeout(() => this.#read(), wait);
  }

  #setPaused(isPaused) {
    this.#isPaused = isPaused;
    if (isPaused) clearTimeout(this.#timer);
    else void this.#read();
    this.#show();
  }

  #onVisibility() {
    if (document.hidden) clearTimeout(this.#timer);
    else if (!this.#isPaused && !this.#reading) void this.#read();
  }

  #show() {
    this.#showPaging();
    this.#showState();
    this.#tick();
  }

  #showPaging() {
    const { newest, newer, older } = this.#at;
    setDisabled(newest, this.#place === NEWEST);
    setDisabled(newer, this.#isMoving || !this.#pageInfo.hasPreviousPage);
    setDisabled(older, this.#isMoving || !this.#pageInfo.hasNextPage);
  }

  #showState() {
    const { pause, problem, status, empty } = this.#at;
    setText(pause, this.#isPaused ? 'Resume' : 'Pause');
    problem.hidden = this.#problem === '';
    setText(problem, this.#problem && this.#problemText());
    const pace = this.#isPaused ? 'Refreshing is paused.' : 'Refreshing every 5 seconds.';
    setText(status, `${pace} ${this.#announcement}`);
    empty.hidden = this.#rows.count > 0;
    setText(empty, this.#emptyText());
  }

  #problemText() {
    const page = this.#isMoving ? 'from the page before, as of' : 'as of';
    const rows = this.#rows.count > 0 ? ` The jobs below are ${page} ${this.#time()}.` : '';
    const next = this.#isPaused ? '' : ' Trying again every 5 seconds.';
    return `The jobs could not be read. ${this.#problem}${rows}${next}`;
  }

  #emptyText() {
    if (!this.#pageInfo) return this.#problem ? 'No jobs could be read yet.' : 'Loading jobs…';
    if (this.#pageInfo.hasNextPage) return 'No match so far. Older goes on with the search.';
    if (this.#status) return 'No jobs with this status.';
    if (this.#place !== NEWEST) return 'No jobs here any more.';
    return 'No jobs yet. Jobs appear here as they are started.';
  }

  #tick() {
    this.#rows.tick();
    if (!this.#refreshedAt) return;
    const age = ago(secondsSince(this.#refreshedAt));
    setText(
      this.#at.refreshed,
      `${this.#isPaused ? 'Paused. ' : ''}Refreshed ${this.#time()}, ${age}`,
    );
  }

  #time() {
    return localTime(this.#refreshedAt);
  }
}

function pickElements() {
  const byId = (id) => document.getElementById(id);
  return {
    table: document.querySelector('#jobs table'),
    rows: byId('job-rows'),
    empty: byId('jobs-empty'),
    status: byId('jobs-status'),
    problem: byId('jobs-problem'),
    summary: byId('page-summary'),
    refreshed: byId('refreshed'),
    filter: byId('filter'),
    newest: byId('newest'),
    newer: byId('newer'),
    older: byId('older'),
    pause: byId('pause'),
    refresh: byId('refresh'),
  };
}

function summaryOf(total, readable, problems) {
  const unreadable = total > readable ? `, ${total - readable} more cannot be read` : '';
  const partial = problems.length > 0 ? `. In part unreadable: ${problems[0]}` : '';
  return `${readable} ${readable === 1 ? 'job' : 'jobs'} on this page, newest first${unreadable}${partial}`;
}

/** For those who do not see the rows change. */
function announcementOf([newest, ...others]) {
  if (!newest?.submitTime) return '';
  return `${1 + others.length} jobs, the newest submitted ${localDateTime(Date.parse(newest.submitTime))}.`;
}

/** A disabled button keeps the focus, which one that becomes `disabled` would lose. */
function setDisabled(button, isDisabled) {
  button.setAttribute('aria-disabled', String(isDisabled));
}

function onPress(button, action) {
  button.addEventListener('click', () => {
    if (button.getAttribute('aria-disabled') !== 'true') action();
  });
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
