import { useState } from 'react';
import { useStore } from '../feed/store.ts';
import { formatShortDateTime } from '../page/format.ts';
import { closeMenu, Menu } from '../page/Menu.tsx';
import { useServices } from '../page/services-context.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const PRESETS = [
  { text: 'Last hour', ms: HOUR },
  { text: 'Last 24 hours', ms: 24 * HOUR },
  { text: 'Last 7 days', ms: 7 * 24 * HOUR },
  { text: 'Last 30 days', ms: 30 * 24 * HOUR },
];

/** Filters by submit time. Presets are absolute times in the URL, so that links stay valid. */
export function SubmitTimeFilter() {
  const { urlState } = useServices();
  const { since, until } = useStore(urlState);
  const choose = (from: string | undefined, to: string | undefined, button: Element) => {
    urlState.update({ since: from, until: to, startCursor: undefined });
    closeMenu(button);
  };
  return (
    <Menu label={rangeLabel(since, until)} className="submit-time-filter">
      <div className="presets">
        <button
          type="button"
          className="button"
          onClick={({ currentTarget }) => {
            choose(undefined, undefined, currentTarget);
          }}
        >
          Any time
        </button>
        {PRESETS.map(({ text, ms }) => (
          <button
            key={text}
            type="button"
            className="button"
            onClick={({ currentTarget }) => {
              const from = Math.floor((Date.now() - ms) / MINUTE) * MINUTE;
              choose(new Date(from).toISOString(), undefined, currentTarget);
            }}
          >
            {text}
          </button>
        ))}
      </div>
      <DateRangeForm
        key={`${since ?? ''}/${until ?? ''}`}
        since={since}
        until={until}
        onChoose={choose}
      />
    </Menu>
  );
}

interface DateRangeFormProps {
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly onChoose: (from: string | undefined, to: string | undefined, button: Element) => void;
}

function DateRangeForm({ since, until, onChoose }: DateRangeFormProps) {
  const [from, setFrom] = useState(toLocalInput(since));
  const [to, setTo] = useState(toLocalInput(until));
  const isReversed = from !== '' && to !== '' && from >= to;
  return (
    <form
      className="date-range-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isReversed) onChoose(toInstant(from), toInstant(to), event.currentTarget);
      }}
    >
      <label>
        After
        <input
          type="datetime-local"
          value={from}
          onChange={({ target }) => {
            setFrom(target.value);
          }}
        />
      </label>
      <label>
        Before
        <input
          type="datetime-local"
          value={to}
          aria-invalid={isReversed}
          aria-describedby={isReversed ? 'date-range-error' : undefined}
          onChange={({ target }) => {
            setTo(target.value);
          }}
        />
      </label>
      {isReversed && (
        <p className="error" id="date-range-error">
          “After” must be earlier than “Before”.
        </p>
      )}
      <button className="button primary">Apply</button>
    </form>
  );
}

function rangeLabel(since: string | undefined, until: string | undefined): string {
  if (since && until) return `${formatShortDateTime(since)} – ${formatShortDateTime(until)}`;
  if (since) return `Since ${formatShortDateTime(since)}`;
  return until ? `Before ${formatShortDateTime(until)}` : 'Any time';
}

/** Formats local time without a zone, as `datetime-local` inputs need it. */
function toLocalInput(instant: string | undefined): string {
  if (!instant) return '';
  const date = new Date(instant);
  return new Date(date.getTime() - date.getTimezoneOffset() * MINUTE).toISOString().slice(0, 16);
}

function toInstant(local: string): string | undefined {
  return local ? new Date(local).toISOString() : undefined;
}
