import { AxisBottom, AxisLeft } from '@visx/axis';
import { scaleLinear, scaleTime } from '@visx/scale';
import type { PointerEvent } from 'react';
import { formatTick } from './bin-text.ts';
import { STATUSES, type TimeBin } from './bins.ts';

export const CHART_HEIGHT = 148;
const MARGIN = { top: 8, right: 8, bottom: 22, left: 30 };
/** Minimum space for one label of the time axis, in pixels. */
const TICK_WIDTH = 84;

interface BarChartProps {
  /** At least one bin. */
  readonly bins: readonly TimeBin[];
  readonly width: number;
  /** Describes the chart to screen readers. */
  readonly label: string;
  readonly hovered: TimeBin | undefined;
  readonly onHover: (index: number | undefined) => void;
}

export function BarChart({ bins, width, label, hovered, onHover }: BarChartProps) {
  const { x, y, barWidth, rangeMs } = createScales(bins, width);
  const onPointerMove = ({ clientX, currentTarget }: PointerEvent) => {
    const offset = clientX - currentTarget.getBoundingClientRect().left - MARGIN.left;
    const index = Math.floor(offset / barWidth);
    onHover(bins[index] ? index : undefined);
  };
  return (
    <svg
      width={width}
      height={CHART_HEIGHT}
      role="img"
      aria-label={label}
      onPointerMove={onPointerMove}
      onPointerLeave={() => {
        onHover(undefined);
      }}
    >
      {hovered && (
        <rect
          className="hovered"
          x={x(hovered.from)}
          width={barWidth}
          y={MARGIN.top}
          height={CHART_HEIGHT - MARGIN.top - MARGIN.bottom}
        />
      )}
      <AxisLeft
        scale={y}
        left={MARGIN.left}
        numTicks={3}
        tickFormat={(value) => (Number.isInteger(value) ? String(value) : '')}
        tickLength={0}
        hideAxisLine
        tickClassName="tick"
        tickLabelProps={{ className: 'tick-label', textAnchor: 'end', dx: -6, dy: 4 }}
      />
      {bins.map((bin) => (
        <Bar key={bin.from} bin={bin} left={x(bin.from)} width={barWidth} y={y} />
      ))}
      <AxisBottom
        scale={x}
        top={CHART_HEIGHT - MARGIN.bottom}
        numTicks={Math.max(2, Math.floor(width / TICK_WIDTH))}
        tickFormat={(value) => formatTick(Number(value), rangeMs)}
        tickLength={4}
        axisClassName="axis"
        tickLabelProps={{ className: 'tick-label', textAnchor: 'middle', dy: 2 }}
      />
    </svg>
  );
}

function createScales(bins: readonly TimeBin[], width: number) {
  const from = bins[0]?.from ?? 0;
  const to = bins.at(-1)?.to ?? 0;
  const x = scaleTime({
    domain: [from, to],
    range: [MARGIN.left, Math.max(MARGIN.left + 1, width - MARGIN.right)],
  });
  const y = scaleLinear({
    domain: [0, Math.max(...bins.map(({ total }) => total))],
    range: [CHART_HEIGHT - MARGIN.bottom, MARGIN.top],
    nice: 3,
  });
  return { x, y, barWidth: x(bins[0]?.to ?? 0) - x(from), rangeMs: to - from };
}

interface BarProps {
  readonly bin: TimeBin;
  readonly left: number;
  readonly width: number;
  readonly y: (value: number) => number;
}

/** One stacked bar, with a segment for each status. */
function Bar({ bin, left, width, y }: BarProps) {
  const gap = width > 5 ? 1.5 : width > 2 ? 0.5 : 0;
  const segments = STATUSES.map((status, index) => {
    const below = STATUSES.slice(0, index).reduce((sum, other) => sum + bin.counts[other], 0);
    return { status, from: below, to: below + bin.counts[status] };
  });
  return (
    <g>
      {segments
        .filter(({ from, to }) => to > from)
        .map(({ status, from, to }) => (
          <rect
            key={status}
            data-status={status}
            x={left + gap / 2}
            width={Math.max(0.5, width - gap)}
            y={y(to)}
            height={Math.max(1, y(from) - y(to) - (from > 0 ? 1 : 0))}
            rx={Math.min(2, width / 4)}
          />
        ))}
    </g>
  );
}
