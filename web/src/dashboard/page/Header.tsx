import { useStore } from '../feed/store.ts';
import { CopyButton } from './CopyButton.tsx';
import { Icon } from './Icon.tsx';
import { Menu } from './Menu.tsx';
import { useServices } from './services.ts';
import { clockSeconds } from './text.ts';

const ENDPOINT = new URL('/graphql', location.href).href;
const FIRST_QUERY = '{ asyncInvokes(first: 5) { nodes { invocationArn status } } }';

interface HeaderProps {
  /** That of any job on the page, which says where the page looks. */
  readonly arn: string | undefined;
  readonly hasList: boolean;
}

export function Header({ arn, hasList }: HeaderProps) {
  const [, , , region, account] = arn?.split(':') ?? [];
  return (
    <header className="top">
      {hasList && (
        <a className="skip" href="#jobs">
          Skip to the jobs
        </a>
      )}
      <h1>
        <Logo /> Async invocations
      </h1>
      {region && account && (
        <p className="where">
          <span>{region}</span> <span className="account">account {account}</span>
        </p>
      )}
      <div className="top-end">
        <Liveness />
        <Connect />
      </div>
    </header>
  );
}

function Liveness() {
  const { trouble, isLive, readAt } = useStore(useServices().health);
  if (readAt === undefined) return null;
  const state = trouble ? 'stale' : isLive ? 'live' : 'polled';
  const text = { stale: 'Not up to date', live: 'Live', polled: 'Every 5 s' }[state];
  return (
    <span className="liveness" data-state={state} title={`Last read at ${clockSeconds(readAt)}`}>
      {text}
    </span>
  );
}

/** What whoever wants to do more than look needs: the address, something to try, and where to go on. */
function Connect() {
  const { session } = useServices();
  const token = useStore(session);
  const authorization = token === undefined ? '' : ` -H "authorization: Bearer $TOKEN"`;
  const curl = `curl ${ENDPOINT} -H 'content-type: application/json'${authorization} -d '${JSON.stringify({ query: FIRST_QUERY })}'`;
  return (
    <Menu label="API" className="connect">
      <p>
        This page reads the same typed graph that every client does: Relay connections that page
        both ways, one job by its ARN, and changes as they happen.
      </p>
      <h2>Endpoint</h2>
      <div className="copyable">
        <code id="endpoint">{ENDPOINT}</code>
        <CopyButton text={ENDPOINT} what="endpoint" />
      </div>
      <h2>A first query</h2>
      <div className="copyable">
        <code>{curl}</code>
        <CopyButton text={curl} what="command" />
      </div>
      <ul>
        <li>
          <a href="/explorer">Explorer</a>: the schema with its documentation, and queries to run
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
          Forget the token
        </button>
      )}
      <p className="soft">
        <Icon name="empty" /> Paging, errors, operating and security are described in the README and{' '}
        <code>docs/</code> of this gateway’s package.
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
