import { type KeyboardEvent, type MouseEvent, useEffect, useRef, useState } from 'react';
import type { Direction, JobFeed } from '../feed/job-feed.ts';
import { useStore } from '../feed/store.ts';
import { type JobEdge, rowKey, useJobs } from '../feed/use-jobs.ts';
import { Icon } from '../page/Icon.tsx';
import { useServices } from '../page/services.ts';
import { count } from '../page/text.ts';
import { PHONE, useMedia } from '../page/use-media.ts';
import { JobRow } from './JobRow.tsx';
import { NoJobs } from './NoJobs.tsx';
import { Toolbar } from './Toolbar.tsx';
import { useArrivals } from './use-arrivals.ts';
import { usePlaceInAddress } from './use-place-in-address.ts';
import { useSteadyScroll } from './use-steady-scroll.ts';
import { useVisibleRows } from './use-visible-rows.ts';

const ROW_HEIGHT = 52;
/** As `page.css` has them. */
const PHONE_ROW_HEIGHT = 84;
/** From an end, in rows, where what lies beyond it begins to be read. */
const NEAR = 12;
const PAGE_KEYS = 10;
const COLUMNS = ['Status', 'Job', 'Submitted', 'Duration', 'Result'];

/** The list, of which only the rows near the screen are rendered. It reads on in both directions by itself. */
export function JobList({ feed }: { readonly feed: JobFeed }) {
  const { address, health } = useServices();
  const { job: selected } = useStore(address);
  const { trouble } = useStore(health);
  const { isReady, reading, lostPlace } = useStore(feed);
  const { edges, pageInfo } = useJobs(feed);
  const rowHeight = useMedia(PHONE) ? PHONE_ROW_HEIGHT : ROW_HEIGHT;

  const cover = useRef<HTMLDivElement>(null);
  const [list, setList] = useState<HTMLElement | null>(null);
  const { first, end } = useVisibleRows(list, edges.length, rowHeight);
  const isAtBeginning = !pageInfo.hasPreviousPage;
  useSteadyScroll({ list, cover, edges, rowHeight, isAtBeginning });
  usePlaceInAddress({ list, cover, edges, rowHeight, isAtBeginning });
  const arrivals = useArrivals({ feed, list, cover });

  useReadOn(feed, 'after', isReady && pageInfo.hasNextPage && end >= edges.length - NEAR);
  useReadOn(feed, 'before', isReady && pageInfo.hasPreviousPage && first <= NEAR);

  const [active, setActive] = useState<string>();
  const indexOf = (key: string | undefined) => edges.findIndex((edge) => rowKey(edge) === key);
  const tabStop = Math.max(
    0,
    [indexOf(active), indexOf(selected)].find((index) => index >= 0) ?? 0,
  );

  const open = (edge: JobEdge | undefined) => {
    if (edge?.node) address.change({ job: edge.node.invocationArn });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const to = targetOf(event.key, tabStop, edges.length);
    if (to !== undefined) {
      event.preventDefault();
      const edge = edges[to];
      setActive(edge && rowKey(edge));
      // The row may not be rendered before it is the active one.
      requestAnimationFrame(() => {
        focusRow(list, to);
      });
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      open(edges[tabStop]);
    }
  };
  const onClick = ({ target }: MouseEvent) => {
    const row = target instanceof Element ? target.closest('[data-index]') : null;
    if (!row || getSelection()?.isCollapsed === false) return;
    const edge = edges[Number(row.getAttribute('data-index'))];
    setActive(edge && rowKey(edge));
    open(edge);
  };

  const shown = indexesBetween(first, end, tabStop, edges.length);
  return (
    <section className="list card" id="jobs" aria-label="Jobs" tabIndex={-1}>
      <div className="list-head" ref={cover}>
        <Toolbar
          summary={summaryOf(
            edges.length,
            pageInfo.hasNextPage || pageInfo.hasPreviousPage,
            isReady,
          )}
        />
        <div className="columns" aria-hidden="true">
          {COLUMNS.map((column) => (
            <span key={column}>{column}</span>
          ))}
        </div>
        {arrivals.isNoted && (
          <button type="button" className="pill" onClick={arrivals.show}>
            <Icon name="up" />
            {count(arrivals.number, 'new job')}
          </button>
        )}
      </div>
      {lostPlace && (
        <p className="note">
          The place that this address names belongs to another list. This one starts at its
          beginning.
        </p>
      )}
      <div
        role="grid"
        aria-label="Jobs"
        aria-readonly="true"
        aria-busy={!isReady && !trouble}
        aria-rowcount={pageInfo.hasNextPage || pageInfo.hasPreviousPage ? -1 : edges.length + 1}
        onKeyDown={onKeyDown}
        onClick={onClick}
        hidden={isReady && edges.length === 0}
      >
        <div role="row" className="unseen" aria-rowindex={1}>
          {COLUMNS.map((column) => (
            <span role="columnheader" key={column}>
              {column}
            </span>
          ))}
        </div>
        <div
          role="rowgroup"
          ref={setList}
          className="rows"
          style={{ height: edges.length * rowHeight }}
        >
          {shown.map((index) => {
            const edge = edges[index];
            if (!edge) return null;
            const key = rowKey(edge);
            return (
              <JobRow
                key={key}
                edge={edge}
                index={index}
                top={index * rowHeight}
                isSelected={key === selected}
                isTabStop={index === tabStop}
              />
            );
          })}
        </div>
      </div>
      {!isReady && edges.length === 0 && <Skeleton isStill={trouble !== undefined} />}
      {isReady && edges.length === 0 && <NoJobs feed={feed} hasMore={pageInfo.hasNextPage} />}
      {edges.length > 0 && (
        <p className="list-foot">
          {pageInfo.hasNextPage
            ? reading.after
              ? 'Reading more…'
              : 'Scroll on for more'
            : 'That is all of them.'}
        </p>
      )}
    </section>
  );
}

/** Where it failed it goes on when the trouble is over. */
function useReadOn(feed: JobFeed, direction: Direction, isWanted: boolean): void {
  const { trouble } = useStore(useServices().health);
  const { reading } = useStore(feed);
  const isReading = reading[direction];
  useEffect(() => {
    if (isWanted && !isReading && !trouble) void feed.extend(direction);
  }, [feed, direction, isWanted, isReading, trouble]);
}

function targetOf(key: string, from: number, length: number): number | undefined {
  const to: Readonly<Record<string, number>> = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    PageDown: from + PAGE_KEYS,
    PageUp: from - PAGE_KEYS,
    Home: 0,
    End: length - 1,
  };
  const target = to[key];
  return target === undefined ? undefined : Math.max(0, Math.min(length - 1, target));
}

export function focusRow(list: Element | null, index: number): void {
  const row = list?.querySelector<HTMLElement>(`[data-index="${index}"]`);
  row?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: 'nearest' });
}

/** The rows on screen, and the one that Tab leads to wherever it is: what has the focus has to stay. */
function indexesBetween(first: number, end: number, tabStop: number, length: number): number[] {
  const indexes = Array.from({ length: end - first }, (_, offset) => first + offset);
  if (tabStop < length && (tabStop < first || tabStop >= end)) indexes.push(tabStop);
  return indexes;
}

function summaryOf(number: number, hasMore: boolean, isReady: boolean): string {
  if (!isReady) return '';
  return hasMore ? `${count(number, 'job')} loaded` : count(number, 'job');
}

function Skeleton({ isStill }: { readonly isStill: boolean }) {
  return (
    <div className={isStill ? 'skeleton is-still' : 'skeleton'} aria-hidden="true">
      {Array.from({ length: 8 }, (_, index) => (
        <div key={index}>
          <i />
          <i />
          <i />
        </div>
      ))}
    </div>
  );
}
