import { createServer, type Server, type ServerResponse } from 'node:http';
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

export const AUDIENCE = 'bedrock-async-graphql';
export const READ = 'async-invokes:read';

/** A token issuer on this machine that serves a JWKS. */
export interface Issuer {
  readonly url: string;
  /** Returns how often the JWKS was requested. */
  readonly fetches: () => number;
  /** Responds to a request for the JWKS. Tests may replace it. */
  respond: (response: ServerResponse) => void;
  readonly variables: Readonly<Record<string, string>>;
  sign(claims?: Claims, options?: SignOptions): Promise<string>;
  readonly publicKeyPem: string;
  stop(): Promise<void>;
}

/** Claims that replace those of a valid token. Undefined removes a claim. */
export type Claims = { readonly [Name in keyof JWTPayload]: JWTPayload[Name] | undefined };

export interface SignOptions {
  /** Signs with a key that the JWKS does not contain. */
  readonly foreignKey?: boolean;
  readonly kid?: string;
}

export async function startIssuer(): Promise<Issuer> {
  const [own, foreign] = await Promise.all([generate(), generate()]);
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  let fetches = 0;
  const issuer = { respond: sendKeys };
  function sendKeys(response: ServerResponse): void {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys: [jwk] }));
  }
  const server = createServer((_request, response) => {
    fetches += 1;
    issuer.respond(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${portOf(server)}`;
  return Object.assign(issuer, {
    url,
    fetches: () => fetches,
    variables: {
      AUTH_JWKS_URL: `${url}/jwks`,
      AUTH_ISSUER: 'https://issuer.example',
      AUTH_AUDIENCE: AUDIENCE,
    },
    publicKeyPem: await exportSPKI(own.publicKey),
    sign: (claims: Claims = {}, { foreignKey = false, kid = 'k1' }: SignOptions = {}) =>
      new SignJWT({
        iss: 'https://issuer.example',
        aud: AUDIENCE,
        sub: 'ada',
        scope: READ,
        exp: Math.floor(Date.now() / 1000) + 300,
        ...claims,
      } as JWTPayload)
        .setProtectedHeader({ alg: 'RS256', kid })
        .sign(foreignKey ? foreign.privateKey : own.privateKey),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

function generate() {
  return generateKeyPair('RS256', { extractable: true });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}
