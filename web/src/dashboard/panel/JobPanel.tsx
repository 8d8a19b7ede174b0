import { useQuery } from '@apollo/client/react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { JobDetailsFragmentDoc, JobDocument } from '../__generated__/graphql.ts';
import { useFragment } from '@apollo/client/react';
import { useStore } from '../feed/store.ts';
import { CopyButton } from '../page/CopyButton.tsx';
import { Icon } from '../page/Icon.tsx';
import { useServices } from '../page/services.ts';
import { shortId } from '../page/text.ts';
import { JobDetails } from './JobDetails.tsx';

interface JobPanelProps {
  readonly arn: string;
  /** Whether it covers the list, which then cannot be reached. */
  readonly isModal: boolean;
}

/** A job's details, beside the list or over it. */
export function JobPanel({ arn, isModal }: JobPanelProps) {
  const { address } = useServices();
  const panel = useRef<HTMLDivElement>(null);
  const close = () => {
    address.change({ job: undefined });
    requestAnimationFrame(() => {
      document.querySelector<HTMLElement>('.row[tabindex="0"]')?.focus();
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') close();
  };
  useEffect(() => {
    const onEscape = (event: globalThis.KeyboardEvent) => {
      const isInMenu = event.target instanceof Element && event.target.closest('details[open]');
      if (event.key === 'Escape' && !isInMenu) address.change({ job: undefined });
    };
    document.addEventListener('keydown', onEscape);
    return () => {
      document.removeEventListener('keydown', onEscape);
    };
  }, [address]);
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
      <div className="panel-head">
        <h2 id="panel-title">
          <span className="unseen">Job </span>
          <code>{shortId(arn)}</code>
        </h2>
        <CopyButton text={address.linkTo({ job: arn })} what="link to this job" />
        <button
          type="button"
          className="button quiet"
          aria-label="Close"
          title="Close (Esc)"
          onClick={close}
        >
          <Icon name="close" />
        </button>
      </div>
      <Details arn={arn} />
    </div>
  );
}

function Details({ arn }: { readonly arn: string }) {
  const { trouble } = useStore(useServices().health);
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
        <p>There is no such job.</p>
        <p className="soft">It may belong to another account or Region than this gateway serves.</p>
      </div>
    );
  }
  if (complete || job.status !== undefined) return <JobDetails arn={arn} job={job} />;
  if (loading || trouble) return <p className="panel-note">Reading the job…</p>;
  return <p className="panel-note error">{error?.message ?? 'The job could not be read.'}</p>;
}
