import { duration } from '../page/text.ts';
import { DURATION_STEPS, type ModelDurations } from './bins.ts';

const WIDTH = 140;
const HEIGHT = 28;

/** A small histogram for each model, all over the same steps; the numbers beside them say the gist. */
export function Durations({ models }: { readonly models: readonly ModelDurations[] }) {
  if (models.length === 0) return <p className="soft">No job that is over yet.</p>;
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
              <span className="steps">
                <span>0 s</span>
                <span>3 min</span>
                <span>2 h+</span>
              </span>
            </th>
            <th scope="col">Median</th>
            <th scope="col">Longest</th>
            <th scope="col">Ended</th>
          </tr>
        </thead>
        <tbody>
          {models.map((model) => (
            <tr key={model.modelId}>
              <th scope="row" title={model.modelId}>
                {model.modelId}
              </th>
              <td aria-hidden="true">
                <Histogram model={model} />
              </td>
              <td>{duration(model.median)}</td>
              <td>{duration(model.longest)}</td>
              <td>{model.total}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Histogram({ model: { counts } }: { readonly model: ModelDurations }) {
  const most = Math.max(...counts);
  const step = WIDTH / counts.length;
  return (
    <svg className="histogram" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none">
      <line x1="0" x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
      {counts.map((number, index) => (
        <rect
          key={DURATION_STEPS[index]}
          x={index * step + 0.75}
          width={step - 1.5}
          y={HEIGHT - (number / most) * HEIGHT}
          height={(number / most) * HEIGHT}
          rx="1"
        >
          <title>{`${stepText(index)}: ${number}`}</title>
        </rect>
      ))}
    </svg>
  );
}

function stepText(index: number): string {
  const from = DURATION_STEPS[index] ?? 0;
  const to = DURATION_STEPS[index + 1] ?? Infinity;
  return to === Infinity ? `${duration(from)} and more` : `${duration(from)} to ${duration(to)}`;
}
