import { type KeyboardEvent, type MouseEvent, useState } from 'react';
import { useStore } from '../feed/store.ts';
import { type JobEdge, rowKey } from '../feed/use-jobs.ts';
import { useServices } from '../page/services-context.ts';

const ROWS_PER_PAGE_KEY = 10;

/** Moves the focus between rows with the keyboard, and opens a job by key or click. */
export function useRowNavigation(edges: readonly JobEdge[], list: Element | null) {
  const { urlState } = useServices();
  const { job: selected } = useStore(urlState);
  const [active, setActive] = useState<string>();
  const indexOf = (key: string | undefined) => edges.findIndex((edge) => rowKey(edge) === key);
  const tabStop = Math.max(
    0,
    [indexOf(active), indexOf(selected)].find((index) => index >= 0) ?? 0,
  );

  const open = (edge: JobEdge | undefined) => {
    if (edge?.node) urlState.update({ job: edge.node.invocationArn });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const target = targetIndex(event.key, tabStop, edges.length);
    if (target !== undefined) {
      event.preventDefault();
      const edge = edges[target];
      setActive(edge && rowKey(edge));
      // Waits for the render: a row off screen is rendered only once it is the active one.
      requestAnimationFrame(() => {
        focusRow(list, target);
      });
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      open(edges[tabStop]);
    }
  };
  const onClick = ({ target }: MouseEvent) => {
    const row = target instanceof Element ? target.closest('[data-index]') : null;
    const isSelectingText = getSelection()?.isCollapsed === false;
    if (!row || isSelectingText) return;
    const edge = edges[Number(row.getAttribute('data-index'))];
    setActive(edge && rowKey(edge));
    open(edge);
  };
  return { tabStop, onKeyDown, onClick };
}

function targetIndex(key: string, from: number, length: number): number | undefined {
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    PageDown: from + ROWS_PER_PAGE_KEY,
    PageUp: from - ROWS_PER_PAGE_KEY,
    Home: 0,
    End: length - 1,
  };
  const target = targets[key];
  return target === undefined ? undefined : Math.max(0, Math.min(length - 1, target));
}

function focusRow(list: Element | null, index: number): void {
  const row = list?.querySelector<HTMLElement>(`[data-index="${index}"]`);
  row?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: 'nearest' });
}
