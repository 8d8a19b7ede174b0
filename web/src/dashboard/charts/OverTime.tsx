import { AxisBottom, AxisLeft } from '@visx/axis';
import { scaleLinear, scaleTime } from '@visx/scale';
import { type PointerEvent, useState } from 'react';
import type { AsyncInvokeStatus } from '../__generated__/graphql.ts';
import { clockSeconds, clockTime, count, day, shortDateTime, STATUS_TEXT } from '../page/text.ts';
import { SERIES, type TimeBin } from './bins.ts';
import { useWidth } from './use-width.ts';

const HEIGHT = 148;
const MARGIN = { top: 8, right: 8, bottom: 22, left: 30 };
const TICK_WIDTH = 84;
const MINUTE = 60_000;
const DAY = 86_400_000;

/** Bars of jobs, by status. The table below it says the same. */
export function OverTime({ bins }: { readonly bins: readonly TimeBin[] }) {
  const [box, width] = useWidth();
  const [pointed, setPointed] = useState<number>();
  const first = bins[0];
  const last = bins.at(-1);
  if (!first || !last) return <div className="plot" ref={box} style={{ height: HEIGHT }} />;

  const x = scaleTime({
    domain: [first.from, last.to],
    range: [MARGIN.left, Math.max(MARGIN.left + 1, width - MARGIN.right)],
  });
  const most = Math.max(...bins.map(({ total }) => total));
  const y = scaleLinear({
    domain: [0, most],
    range: [HEIGHT - MARGIN.bottom, MARGIN.top],
    nice: 3,
  });
  const step = x(first.to) - x(first.from);
  const bin = pointed === undefined ? undefined : bins[pointed];
  const point = ({ clientX, currentTarget }: PointerEvent) => {
    const within = clientX - currentTarget.getBoundingClientRect().left - MARGIN.left;
    const index = Math.floor(within / step);
    setPointed(bins[index] ? index : undefined);
  };
  return (
    <>
      <div className="plot" ref={box} style={{ height: HEIGHT }}>
        {width > 0 && (
          <svg
            width={width}
            height={HEIGHT}
            role="img"
            aria-label={`Bars of jobs by submit time. ${summaryOf(bins)} The same follows as a table.`}
            onPointerMove={point}
            onPointerLeave={() => {
              setPointed(undefined);
            }}
          >
            {bin && (
              <rect
                className="pointed"
                x={x(bin.from)}
                width={step}
                y={MARGIN.top}
                height={HEIGHT - MARGIN.top - MARGIN.bottom}
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
            {bins.map((each) => (
              <Bar key={each.from} bin={each} left={x(each.from)} width={step} y={y} />
            ))}
            <AxisBottom
              scale={x}
              top={HEIGHT - MARGIN.bottom}
              numTicks={Math.max(2, Math.floor(width / TICK_WIDTH))}
              tickFormat={(value) => tickText(Number(value), last.to - first.from)}
              tickLength={4}
              axisClassName="axis"
              tickLabelProps={{ className: 'tick-label', textAnchor: 'middle', dy: 2 }}
            />
          </svg>
        )}
        {bin && <Readout bin={bin} isRight={x(bin.from) > width / 2} />}
      </div>
      <BinTable bins={bins} />
    </>
  );
}

interface BarProps {
  readonly bin: TimeBin;
  readonly left: number;
  readonly width: number;
  readonly y: (value: number) => number;
}

function Bar({ bin, left, width, y }: BarProps) {
  const gap = width > 5 ? 1.5 : width > 2 ? 0.5 : 0;
  const parts = SERIES.map((status, index) => {
    const below = SERIES.slice(0, index).reduce((sum, each) => sum + bin.counts[each], 0);
    return { status, from: below, to: below + bin.counts[status] };
  });
  return (
    <g>
      {parts
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

function Readout({ bin, isRight }: { readonly bin: TimeBin; readonly isRight: boolean }) {
  return (
    <div className={isRight ? 'readout is-left' : 'readout'} aria-hidden="true">
      <strong>{spanText(bin)}</strong>
      {presentIn(bin).map(([status, number]) => (
        <span key={status} data-status={status}>
          <i /> {STATUS_TEXT[status]} {number}
        </span>
      ))}
      {bin.total === 0 && <span>No jobs</span>}
    </div>
  );
}

function presentIn({ counts }: TimeBin): [AsyncInvokeStatus, number][] {
  return SERIES.map((status): [AsyncInvokeStatus, number] => [status, counts[status]]).filter(
    ([, number]) => number > 0,
  );
}

function BinTable({ bins }: { readonly bins: readonly TimeBin[] }) {
  return (
    <details className="as-table">
      <summary>As a table</summary>
      <div className="scroll" tabIndex={0} role="region" aria-label="Jobs over time, as a table">
        <table>
          <thead>
            <tr>
              <th scope="col">Submitted</th>
              {SERIES.map((status) => (
                <th scope="col" key={status}>
                  {STATUS_TEXT[status]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {bins
              .filter(({ total }) => total > 0)
              .map(({ from, to, counts }) => (
                <tr key={from}>
                  <th scope="row">{spanText({ from, to })}</th>
                  {SERIES.map((status) => (
                    <td key={status}>{counts[status]}</td>
                  ))}
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function tickText(time: number, span: number): string {
  if (span < 10 * MINUTE) return clockSeconds(time);
  const isMidnight = new Date(time).getHours() === 0 && new Date(time).getMinutes() === 0;
  return span > DAY && isMidnight ? day(time) : clockTime(time);
}

function summaryOf(bins: readonly TimeBin[]): string {
  const all = bins.reduce((sum, { total }) => sum + total, 0);
  const busiest = bins.reduce((most, bin) => (bin.total > most.total ? bin : most));
  return `${count(all, 'job')}, at the most ${busiest.total} in a step, ${spanText(busiest)}.`;
}

/** As exact as the step is. */
function spanText({ from, to }: Pick<TimeBin, 'from' | 'to'>): string {
  if (to - from < MINUTE) return `${clockSeconds(from)} – ${clockSeconds(to)}`;
  return to - from < DAY
    ? `${shortDateTime(from)} – ${clockTime(to)}`
    : `${day(from)} – ${day(to)}`;
}
