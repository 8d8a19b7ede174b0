import { useState } from 'react';
import { Icon } from './Icon.tsx';
import { useAnnouncer } from './services-context.ts';

interface CopyButtonProps {
  readonly text: string;
  /** Names the copied text in the label, as in `Copy ARN`. */
  readonly subject: string;
  readonly showLabel?: boolean;
}

const FEEDBACK_MS = 2000;

export function CopyButton({ text, subject, showLabel = false }: CopyButtonProps) {
  const [feedback, setFeedback] = useState<string>();
  const announcer = useAnnouncer();
  const copy = async () => {
    const result = (await copyText(text)) ? 'Copied' : 'Copying failed';
    setFeedback(result);
    announcer.announce(`${result}: ${subject}`);
    setTimeout(() => {
      setFeedback(undefined);
    }, FEEDBACK_MS);
  };
  return (
    <button
      type="button"
      className={showLabel ? 'button' : 'button subtle'}
      aria-label={showLabel ? undefined : `Copy ${subject}`}
      title={showLabel ? undefined : `Copy ${subject}`}
      onClick={() => void copy()}
    >
      <Icon name={feedback === 'Copied' ? 'COMPLETED' : 'copy'} />
      {showLabel && <span>{feedback ?? `Copy ${subject}`}</span>}
    </button>
  );
}

/** Falls back to `execCommand`: browsers offer the Clipboard API to secure pages only. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyWithExecCommand(text);
  }
}

function copyWithExecCommand(text: string): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'visually-hidden';
  const previousFocus = document.activeElement;
  document.body.append(field);
  field.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the Clipboard API is missing here
  const isDone = document.execCommand('copy');
  field.remove();
  if (previousFocus instanceof HTMLElement) previousFocus.focus();
  return isDone;
}
