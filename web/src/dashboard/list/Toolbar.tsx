import { useStore } from '../feed/store.ts';
import { STATUS_FILTERS } from '../page/address.ts';
import { Icon } from '../page/Icon.tsx';
import { useServices } from '../page/services.ts';
import { STATUS_TEXT } from '../page/text.ts';
import { SubmitWindow } from './SubmitWindow.tsx';

/** Which jobs, and in which order. A new choice begins at its own top. */
export function Toolbar({ summary }: { readonly summary: string }) {
  const { address } = useServices();
  const { status, oldestFirst } = useStore(address);
  return (
    <div className="toolbar">
      <h2 className="unseen">Jobs</h2>
      <fieldset className="choices">
        <legend className="unseen">Status</legend>
        {[undefined, ...STATUS_FILTERS].map((each) => (
          <label key={each ?? 'all'} data-status={each}>
            <input
              type="radio"
              name="status"
              checked={status === each}
              onChange={() => {
                address.change({ status: each, at: undefined });
              }}
            />
            {each && <Icon name={each} />}
            <span>{each ? STATUS_TEXT[each] : 'All'}</span>
          </label>
        ))}
      </fieldset>
      <SubmitWindow />
      <label className="select">
        <span className="unseen">Order</span>
        <select
          className="button"
          value={oldestFirst ? 'oldest' : 'newest'}
          onChange={({ target }) => {
            address.change({ oldestFirst: target.value === 'oldest', at: undefined });
          }}
        >
          <option value="newest">Newest first</option>
          <option value="oldest">Oldest first</option>
        </select>
      </label>
      <span className="summary">{summary}</span>
    </div>
  );
}
