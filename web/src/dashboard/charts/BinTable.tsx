import { STATUS_LABELS } from '../page/format.ts';
import { formatRange } from './bin-text.ts';
import { STATUSES, type TimeBin } from './bins.ts';

/** The data of the bar chart as a collapsed table. */
export function BinTable({ bins }: { readonly bins: readonly TimeBin[] }) {
  return (
    <details className="chart-table">
      <summary>Show as table</summary>
      <div className="scroll" tabIndex={0} role="region" aria-label="Jobs over time, as a table">
        <table>
          <thead>
            <tr>
              <th scope="col">Submitted</th>
              {STATUSES.map((status) => (
                <th scope="col" key={status}>
                  {STATUS_LABELS[status]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {bins
              .filter(({ total }) => total > 0)
              .map(({ from, to, counts }) => (
                <tr key={from}>
                  <th scope="row">{formatRange({ from, to })}</th>
                  {STATUSES.map((status) => (
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
