import { useFragment, useQuery } from '@apollo/client/react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { JobDetailsFragmentDoc, JobDocument } from '../__generated__/graphql.ts';
import { useStore } from '../feed/store.ts';
import { CopyButton } from '../page/CopyButton.tsx';
import { shortId } from '../page/format.ts';
import { Icon } from '../page/Icon.tsx';
import { useServices } from '../page/services-context.ts';
import { JobDetails } from './JobDetails.tsx';

interface JobPanelProps {
  readonly arn: string;
  /** Whether the panel covers the list and makes it inert. */
  readonly isModal: boolean;
}

/** Shows a job's details next to the list, or over it on narrow screens. */
export function JobPanel({ arn, isModal }: JobPanelProps) {
  const { urlState } = useServices();
  const panel = useRef<HTMLDivElement>(null);
  const close = () => {
    urlState.update({ job: undefined });
    requestAnimationFrame(() => {
      document.querySelector<HTMLElement>('.row[tabindex="0"]')?.focus();
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') close();
  };
  useCloseOnEscape();
  useEffect(() => {
    if (isModal) panel.current?.focus();
  }, [isModal]);

  return (
    <div
      ref={panel}
      className="panel"
      role={isModal ? 'dialog' : 'complementary'}
      aria-modal={isModal || undefined}
      aria-labelledby="panel-title"
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      <PanelHeader arn={arn} onClose={close} />
      <PanelBody arn={arn} />
    </div>
  );
}

/** Closes the panel on Escape anywhere in the page, unless an open menu handles the key. */
function useCloseOnEscape(): void {
  const { urlState } = useServices();
  useEffect(() => {
    const onKeyDown = (event: globalThis.KeyboardEvent) => {
      const isInMenu = event.target instanceof Element && event.target.closest('details[open]');
      if (event.key === 'Escape' && !isInMenu) urlState.update({ job: undefined });
    };
    document.addEventListener('keydown', onKeyDown);
    return () => {
      document.removeEventListener('keydown', onKeyDown);
    };
  }, [urlState]);
}

interface PanelHeaderProps {
  readonly arn: string;
  readonly onClose: () => void;
}

function PanelHeader({ arn, onClose }: PanelHeaderProps) {
  const { urlState } = useServices();
  return (
    <div className="panel-header">
      <h2 id="panel-title">
        <span className="visually-hidden">Job </span>
        <code>{shortId(arn)}</code>
      </h2>
      <CopyButton text={urlState.href({ job: arn })} subject="link to this job" />
      <button
        type="button"
        className="button subtle"
        aria-label="Close"
        title="Close (Esc)"
        onClick={onClose}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}

function PanelBody({ arn }: { readonly arn: string }) {
  const { problem } = useStore(useServices().connectionStatus);
  const { data, error, loading } = useQuery(JobDocument, {
    variables: { invocationArn: arn },
    fetchPolicy: 'cache-and-network',
    returnPartialData: true,
  });
  const from = { __typename: 'AsyncInvokeSummary' as const, invocationArn: arn };
  const { data: job, complete } = useFragment({ fragment: JobDetailsFragmentDoc, from });
  if (data?.asyncInvoke === null) {
    return (
      <div className="empty">
        <Icon name="empty" />
        <p>Job not found.</p>
        <p className="muted">
          It may belong to an account or Region that this gateway does not serve.
        </p>
      </div>
    );
  }
  if (complete || job.status !== undefined) return <JobDetails arn={arn} job={job} />;
  if (loading || problem) return <p className="panel-note">Loading the job…</p>;
  return <p className="panel-note error">{error?.message ?? 'The job could not be loaded.'}</p>;
}
