import { useStore } from '../feed/store.ts';
import { CopyButton } from './CopyButton.tsx';
import { formatTimeWithSeconds } from './format.ts';
import { Menu } from './Menu.tsx';
import { useServices } from './services-context.ts';

const ENDPOINT = new URL('/graphql', location.href).href;
const EXAMPLE_QUERY = '{ asyncInvokes(first: 5) { nodes { invocationArn status } } }';

interface HeaderProps {
  /** The ARN of any listed job. The header shows its Region and account. */
  readonly arn: string | undefined;
  readonly hasList: boolean;
}

export function Header({ arn, hasList }: HeaderProps) {
  const [, , , region, account] = arn?.split(':') ?? [];
  return (
    <header className="page-header">
      {hasList && (
        <a className="skip-link" href="#jobs">
          Skip to jobs
        </a>
      )}
      <h1>
        <Logo /> Async invocations
      </h1>
      {region && account && (
        <p className="account-info">
          <span>{region}</span> <span className="account">account {account}</span>
        </p>
      )}
      <div className="page-header-end">
        <LiveStatus />
        <ApiMenu />
      </div>
    </header>
  );
}

function LiveStatus() {
  const { problem, isLive, lastReadAt } = useStore(useServices().connectionStatus);
  if (lastReadAt === undefined) return null;
  const state = problem ? 'stale' : isLive ? 'live' : 'polled';
  const text = { stale: 'Out of date', live: 'Live', polled: 'Updates every 5 s' }[state];
  return (
    <span
      className="live-status"
      data-state={state}
      title={`Last updated at ${formatTimeWithSeconds(lastReadAt)}`}
    >
      {text}
    </span>
  );
}

/** The endpoint, an example query, and links for developers. */
function ApiMenu() {
  const { session } = useServices();
  const token = useStore(session);
  const curl = [
    `curl ${ENDPOINT} -H 'content-type: application/json'`,
    ...(token === undefined ? [] : ['-H "authorization: Bearer $TOKEN"']),
    `-d '${JSON.stringify({ query: EXAMPLE_QUERY })}'`,
  ].join(' ');
  return (
    <Menu label="API" className="api-menu">
      <p>
        This page uses the same GraphQL API as every other client. List jobs and page through them
        in both directions, look up a job by its ARN, and subscribe to changes.
      </p>
      <h2>Endpoint</h2>
      <div className="copyable">
        <code id="endpoint">{ENDPOINT}</code>
        <CopyButton text={ENDPOINT} subject="endpoint" />
      </div>
      <h2>Example query</h2>
      <div className="copyable">
        <code>{curl}</code>
        <CopyButton text={curl} subject="command" />
      </div>
      <ul>
        <li>
          <a href="/explorer">Explorer</a>: browse the schema and run queries
        </li>
        <li>
          <a href="/readyz">Readiness</a> and <a href="/metrics">metrics</a> of this gateway
        </li>
      </ul>
      {token !== undefined && (
        <button
          type="button"
          className="button"
          onClick={() => {
            session.signOut();
            location.reload();
          }}
        >
          Sign out
        </button>
      )}
      <p className="muted">
        For paging, errors, operations and security, see the README and <code>docs/</code> in the
        gateway’s package.
      </p>
    </Menu>
  );
}

function Logo() {
  return (
    <svg className="logo" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M9 22 16 9l7 13Z" />
      <circle cx="16" cy="9" r="3.5" />
      <circle cx="9" cy="22" r="3.5" />
      <circle cx="23" cy="22" r="3.5" />
    </svg>
  );
}
