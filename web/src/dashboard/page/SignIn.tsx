import { useState } from 'react';
import { useStore } from '../feed/store.ts';
import { useServices } from './services.ts';

export function SignIn() {
  const { session } = useServices();
  const refused = useStore(session);
  const [token, setToken] = useState('');
  const [keeps, setKeeps] = useState(false);
  const isRefused = refused !== undefined && (token === '' || token === refused);
  return (
    <form
      className="card sign-in"
      onSubmit={(event) => {
        event.preventDefault();
        const trimmed = token.trim().replace(/^bearer\s+/i, '');
        if (trimmed) session.signIn(trimmed, keeps);
      }}
    >
      <h2>Sign in with a token</h2>
      <p>
        Paste a bearer token of the issuer that this gateway trusts. It needs the scope{' '}
        <code>async-invokes:read</code>. It is sent to this gateway only, and forgotten when the
        page is left.
      </p>
      <label htmlFor="token">Bearer token</label>
      <input
        id="token"
        type="password"
        autoComplete="off"
        spellCheck={false}
        required
        value={token}
        aria-invalid={isRefused}
        aria-describedby={isRefused ? 'token-refused' : undefined}
        onChange={(event) => {
          setToken(event.target.value);
        }}
      />
      {isRefused && (
        <p className="error" id="token-refused">
          The gateway does not accept this token. It may have expired.
        </p>
      )}
      <label className="check">
        <input
          type="checkbox"
          checked={keeps}
          onChange={(event) => {
            setKeeps(event.target.checked);
          }}
        />
        Keep it until this tab is closed
      </label>
      <button className="button primary">Sign in</button>
    </form>
  );
}
