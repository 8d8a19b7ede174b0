import { useState } from 'react';
import { useStore } from '../feed/store.ts';
import { closeMenu, Menu } from '../page/Menu.tsx';
import { useServices } from '../page/services.ts';
import { shortDateTime } from '../page/text.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const LAST = [
  { text: 'Last hour', ms: HOUR },
  { text: 'Last 24 hours', ms: 24 * HOUR },
  { text: 'Last 7 days', ms: 7 * 24 * HOUR },
  { text: 'Last 30 days', ms: 30 * 24 * HOUR },
];

/** Choices become moments, so that the address means the same to everybody at any time. */
export function SubmitWindow() {
  const { address } = useServices();
  const { since, until } = useStore(address);
  const choose = (from: string | undefined, to: string | undefined, inside: Element) => {
    address.change({ since: from, until: to, at: undefined });
    closeMenu(inside);
  };
  return (
    <Menu label={labelOf(since, until)} className="window">
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
        {LAST.map(({ text, ms }) => (
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
      <Between
        key={`${since ?? ''}/${until ?? ''}`}
        since={since}
        until={until}
        onChoose={choose}
      />
    </Menu>
  );
}

interface BetweenProps {
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly onChoose: (from: string | undefined, to: string | undefined, inside: Element) => void;
}

function Between({ since, until, onChoose }: BetweenProps) {
  const [from, setFrom] = useState(toLocal(since));
  const [to, setTo] = useState(toLocal(until));
  const isBackwards = from !== '' && to !== '' && from >= to;
  return (
    <form
      className="between"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBackwards) onChoose(toMoment(from), toMoment(to), event.currentTarget);
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
          aria-invalid={isBackwards}
          aria-describedby={isBackwards ? 'window-backwards' : undefined}
          onChange={({ target }) => {
            setTo(target.value);
          }}
        />
      </label>
      {isBackwards && (
        <p className="error" id="window-backwards">
          “After” has to be earlier than “Before”.
        </p>
      )}
      <button className="button primary">Show</button>
    </form>
  );
}

function labelOf(since: string | undefined, until: string | undefined): string {
  if (since && until) return `${shortDateTime(since)} – ${shortDateTime(until)}`;
  if (since) return `Since ${shortDateTime(since)}`;
  return until ? `Before ${shortDateTime(until)}` : 'Any time';
}

/** As `datetime-local` has it: the clock on the wall, without a zone. */
function toLocal(moment: string | undefined): string {
  if (!moment) return '';
  const date = new Date(moment);
  return new Date(date.getTime() - date.getTimezoneOffset() * MINUTE).toISOString().slice(0, 16);
}

function toMoment(local: string): string | undefined {
  return local ? new Date(local).toISOString() : undefined;
}
