import { useState } from 'react';
import { formatCount, STATUS_LABELS } from '../page/format.ts';
import { BarChart, CHART_HEIGHT } from './BarChart.tsx';
import { formatRange } from './bin-text.ts';
import { STATUSES, type TimeBin } from './bins.ts';
import { BinTable } from './BinTable.tsx';
import { useWidth } from './use-width.ts';

/** A bar chart of jobs by submit time and status, followed by a table of the same data. */
export function JobsOverTime({ bins }: { readonly bins: readonly TimeBin[] }) {
  const [container, width] = useWidth();
  const [hoveredIndex, setHoveredIndex] = useState<number>();
  const hovered = hoveredIndex === undefined ? undefined : bins[hoveredIndex];
  return (
    <>
      <div className="plot" ref={container} style={{ height: CHART_HEIGHT }}>
        {width > 0 && bins.length > 0 && (
          <BarChart
            bins={bins}
            width={width}
            label={describeChart(bins)}
            hovered={hovered}
            onHover={setHoveredIndex}
          />
        )}
        {hovered && <Tooltip bin={hovered} isOnLeft={(hoveredIndex ?? 0) > bins.length / 2} />}
      </div>
      {bins.length > 0 && <BinTable bins={bins} />}
    </>
  );
}

function Tooltip({ bin, isOnLeft }: { readonly bin: TimeBin; readonly isOnLeft: boolean }) {
  return (
    <div className={isOnLeft ? 'chart-tooltip is-left' : 'chart-tooltip'} aria-hidden="true">
      <strong>{formatRange(bin)}</strong>
      {STATUSES.filter((status) => bin.counts[status] > 0).map((status) => (
        <span key={status} data-status={status}>
          <i /> {STATUS_LABELS[status]} {bin.counts[status]}
        </span>
      ))}
      {bin.total === 0 && <span>No jobs</span>}
    </div>
  );
}

function describeChart(bins: readonly TimeBin[]): string {
  const total = bins.reduce((sum, bin) => sum + bin.total, 0);
  const busiest = bins.reduce((most, bin) => (bin.total > most.total ? bin : most));
  return [
    'Bar chart of jobs by submit time.',
    `${formatCount(total, 'job')}, at most ${busiest.total} in one bar (${formatRange(busiest)}).`,
    'A table with the same data follows.',
  ].join(' ');
}
