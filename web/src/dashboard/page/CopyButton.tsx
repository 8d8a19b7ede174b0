import { useState } from 'react';
import { Icon } from './Icon.tsx';
import { useAnnouncer } from './services.ts';

interface CopyButtonProps {
  readonly text: string;
  /** What is copied, as in `Copy ARN`. */
  readonly what: string;
  readonly showsText?: boolean;
}

const SHOWN_MS = 2000;

export function CopyButton({ text, what, showsText = false }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<string>();
  const announcer = useAnnouncer();
  const copy = async () => {
    const said = (await write(text)) ? 'Copied' : 'Not allowed to copy';
    setOutcome(said);
    announcer.say(`${said}: ${what}`);
    setTimeout(() => {
      setOutcome(undefined);
    }, SHOWN_MS);
  };
  return (
    <button
      type="button"
      className={showsText ? 'button' : 'button quiet'}
      aria-label={showsText ? undefined : `Copy ${what}`}
      title={showsText ? undefined : `Copy ${what}`}
      onClick={() => void copy()}
    >
      <Icon name={outcome === 'Copied' ? 'COMPLETED' : 'copy'} />
      {showsText && <span>{outcome ?? `Copy ${what}`}</span>}
    </button>
  );
}

/** Browsers lend the clipboard to secure pages only; the older way works on others. */
async function write(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return writeBySelection(text);
  }
}

function writeBySelection(text: string): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'unseen';
  const before = document.activeElement;
  document.body.append(field);
  field.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way there is without the clipboard's own interface
  const isDone = document.execCommand('copy');
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  return isDone;
}
