import { useState } from 'react';
import { useStore } from '../feed/store.ts';
import { useServices } from './services-context.ts';

export function SignIn() {
  const { session } = useServices();
  const rejectedToken = useStore(session);
  const [token, setToken] = useState('');
  const [rememberToken, setRememberToken] = useState(false);
  const isRejected = rejectedToken !== undefined && (token === '' || token === rejectedToken);
  return (
    <form
      className="card sign-in"
      onSubmit={(event) => {
        event.preventDefault();
        const trimmed = token.trim().replace(/^bearer\s+/i, '');
        if (trimmed) session.signIn(trimmed, rememberToken);
      }}
    >
      <h2>Sign in with a token</h2>
      <p>
        Paste a bearer token from the issuer that this gateway trusts. The token needs the scope{' '}
        <code>async-invokes:read</code>. The page sends it only to this gateway and forgets it when
        you leave.
      </p>
      <label htmlFor="token">Bearer token</label>
      <input
        id="token"
        type="password"
        autoComplete="off"
        spellCheck={false}
        required
        value={token}
        aria-invalid={isRejected}
        aria-describedby={isRejected ? 'token-rejected' : undefined}
        onChange={(event) => {
          setToken(event.target.value);
        }}
      />
      {isRejected && (
        <p className="error" id="token-rejected">
          The gateway rejected this token. It may have expired.
        </p>
      )}
      <label className="checkbox">
        <input
          type="checkbox"
          checked={rememberToken}
          onChange={(event) => {
            setRememberToken(event.target.checked);
          }}
        />
        Remember until this tab is closed
      </label>
      <button className="button primary">Sign in</button>
    </form>
  );
}
