import { formatDuration, visibleText } from '../page/format.ts';
import { DURATION_BUCKETS, type ModelDurations } from './bins.ts';

const WIDTH = 140;
const HEIGHT = 28;

/** A table with a small histogram per model. All histograms have the same buckets. */
export function DurationsByModel({ models }: { readonly models: readonly ModelDurations[] }) {
  if (models.length === 0) return <p className="muted">No finished jobs yet.</p>;
  return (
    <div
      className="scroll durations"
      tabIndex={0}
      role="region"
      aria-label="Duration by model, as a table"
    >
      <table>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col" aria-hidden="true">
              <span className="duration-scale">
                <span>0 s</span>
                <span>3 min</span>
                <span>2 h+</span>
              </span>
            </th>
            <th scope="col">Median</th>
            <th scope="col">Longest</th>
            <th scope="col">Finished</th>
          </tr>
        </thead>
        <tbody>
          {models.map((model) => (
            <tr key={model.modelId}>
              <th scope="row" title={visibleText(model.modelId)}>
                {visibleText(model.modelId)}
              </th>
              <td aria-hidden="true">
                <Histogram model={model} />
              </td>
              <td>{formatDuration(model.median)}</td>
              <td>{formatDuration(model.longest)}</td>
              <td>{model.total}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Histogram({ model: { counts } }: { readonly model: ModelDurations }) {
  const maxCount = Math.max(...counts);
  const barWidth = WIDTH / counts.length;
  return (
    <svg className="histogram" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none">
      <line x1="0" x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
      {counts.map((number, index) => (
        <rect
          key={DURATION_BUCKETS[index]}
          x={index * barWidth + 0.75}
          width={barWidth - 1.5}
          y={HEIGHT - (number / maxCount) * HEIGHT}
          height={(number / maxCount) * HEIGHT}
          rx="1"
        >
          <title>{`${bucketText(index)}: ${number}`}</title>
        </rect>
      ))}
    </svg>
  );
}

function bucketText(index: number): string {
  const from = DURATION_BUCKETS[index] ?? 0;
  const to = DURATION_BUCKETS[index + 1] ?? Infinity;
  return to === Infinity
    ? `${formatDuration(from)} or more`
    : `${formatDuration(from)} to ${formatDuration(to)}`;
}
