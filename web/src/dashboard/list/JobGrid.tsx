import { useStore } from '../feed/store.ts';
import { type JobEdge, rowKey } from '../feed/use-jobs.ts';
import { useServices } from '../page/services-context.ts';
import { JobRow } from './JobRow.tsx';
import { useRowNavigation } from './use-row-navigation.ts';

export const COLUMNS = ['Status', 'Job', 'Submitted', 'Duration', 'Result'];

interface JobGridProps {
  /** The element that contains the rows, and its setter. */
  readonly list: HTMLElement | null;
  readonly setList: (list: HTMLElement | null) => void;
  readonly edges: readonly JobEdge[];
  /** The rows near the screen: from `first` up to, but not including, `end`. */
  readonly first: number;
  readonly end: number;
  readonly rowHeight: number;
  /** Whether the list has more rows than are loaded. */
  readonly isPartial: boolean;
  readonly isBusy: boolean;
  readonly isHidden: boolean;
}

/** An ARIA grid that renders only the rows near the screen. */
export function JobGrid(props: JobGridProps) {
  const { list, setList, edges, first, end, rowHeight, isPartial, isBusy, isHidden } = props;
  const { job: selected } = useStore(useServices().urlState);
  const { tabStop, onKeyDown, onClick } = useRowNavigation(edges, list);
  return (
    <div
      role="grid"
      aria-label="Jobs"
      aria-readonly="true"
      aria-busy={isBusy}
      aria-rowcount={isPartial ? -1 : edges.length + 1}
      onKeyDown={onKeyDown}
      onClick={onClick}
      hidden={isHidden}
    >
      <div role="row" className="visually-hidden" aria-rowindex={1}>
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
        {indexesToRender(first, end, tabStop, edges.length).map((index) => {
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
  );
}

/** Includes the tab stop wherever it is, because a focused row must stay in the page. */
function indexesToRender(first: number, end: number, tabStop: number, length: number): number[] {
  const indexes = Array.from({ length: end - first }, (_, offset) => first + offset);
  if (tabStop < length && (tabStop < first || tabStop >= end)) indexes.push(tabStop);
  return indexes;
}
