import { once } from 'node:events';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

const ISSUER = 'https://issuer.example';
const AUDIENCE = 'bench';

/** Starts a token issuer. While it fails, requests for its keys get 500. */
export async function startIssuer() {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256', use: 'sig' };
  let isFailing = false;
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    response.statusCode = isFailing ? 500 : 200;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys: [jwk] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    sign: (subject, scope) =>
      new SignJWT({ scope })
        .setProtectedHeader({ alg: 'RS256', kid: 'k' })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(subject)
        .setExpirationTime('1h')
        .sign(privateKey),
    setFailing: (value) => (isFailing = value),
    requests: () => requests,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
    variables: {
      AUTH_JWKS_URL: `http://127.0.0.1:${server.address().port}/jwks`,
      AUTH_ISSUER: ISSUER,
      AUTH_AUDIENCE: AUDIENCE,
    },
  };
}
