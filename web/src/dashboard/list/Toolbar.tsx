import { useStore } from '../feed/store.ts';
import { STATUS_LABELS } from '../page/format.ts';
import { Icon } from '../page/Icon.tsx';
import { useServices } from '../page/services-context.ts';
import { STATUS_FILTERS } from '../page/url-state.ts';
import { SubmitTimeFilter } from './SubmitTimeFilter.tsx';

/** Filters and order. A changed choice starts at the top of its list. */
export function Toolbar({ summary }: { readonly summary: string }) {
  const { urlState } = useServices();
  const { status, oldestFirst } = useStore(urlState);
  return (
    <div className="toolbar">
      <h2 className="visually-hidden">Jobs</h2>
      <fieldset className="segmented-control">
        <legend className="visually-hidden">Status</legend>
        {[undefined, ...STATUS_FILTERS].map((each) => (
          <label key={each ?? 'all'} data-status={each}>
            <input
              type="radio"
              name="status"
              checked={status === each}
              onChange={() => {
                urlState.update({ status: each, startCursor: undefined });
              }}
            />
            {each && <Icon name={each} />}
            <span>{each ? STATUS_LABELS[each] : 'All'}</span>
          </label>
        ))}
      </fieldset>
      <SubmitTimeFilter />
      <label className="select">
        <span className="visually-hidden">Order</span>
        <select
          className="button"
          value={oldestFirst ? 'oldest' : 'newest'}
          onChange={({ target }) => {
            urlState.update({ oldestFirst: target.value === 'oldest', startCursor: undefined });
          }}
        >
          <option value="newest">Newest first</option>
          <option value="oldest">Oldest first</option>
        </select>
      </label>
      <span className="job-count">{summary}</span>
    </div>
  );
}
