import {
  BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
} from '@aws-sdk/client-bedrock-runtime';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { UndiciHttpHandler, type HttpLimits } from './http-handler.ts';
import { propagateContext } from './call-context.ts';
import { cacheSigner, Sha256 } from './signing.ts';
import { RawJsonProtocol } from './raw-json-protocol.ts';

/** A client, and the Region that it asks. */
export interface Upstream {
  readonly client: BedrockRuntimeClient;
  readonly region: string;
}

export interface BedrockClientOptions extends HttpLimits {
  /** Undefined: where the SDK finds one, in the environment or the profile. */
  readonly region: string | undefined;
  /** Attempts for one call, the first included. */
  readonly maxAttempts: number;
  /** Undefined: the Region's own endpoint. */
  readonly endpoint?: string | undefined;
  /** Undefined: the SDK's default chain. */
  readonly credentials?: BedrockRuntimeClientConfig['credentials'] | undefined;
}

/**
 * A client for one Region, to be kept: its retry quota, credentials and connections are worth having only when shared by
 * all calls. Signing is pinned to SigV4, because a bearer token in the environment would otherwise replace the
 * credentials.
 */
export function createBedrockClient(options: BedrockClientOptions): BedrockRuntimeClient {
  const { region, maxAttempts, endpoint, credentials } = options;
  const client = new BedrockRuntimeClient({
    maxAttempts,
    retryMode: 'standard',
    authSchemePreference: ['aws.auth#sigv4'],
    protocol: RawJsonProtocol,
    requestHandler: new UndiciHttpHandler(options),
    sha256: Sha256,
    cacheMiddleware: true,
    ...(region !== undefined && { region }),
    // The SDK refuses a set endpoint together with the special ones that the environment may ask for.
    ...(endpoint !== undefined && {
      endpoint,
      useFipsEndpoint: false,
      useDualstackEndpoint: false,
    }),
    credentials: wrapCredentialErrors(credentials ?? defaultProvider()),
  });
  propagateContext(client);
  cacheUserAgent(client);
  cacheSigner(client);
  flattenConfig(client.config);
  return client;
}

/** The SDK puts its user agent together, and signs it in two headers, anew for each call: a thirtieth of what a call costs. */
function cacheUserAgent({ middlewareStack, config }: BedrockRuntimeClient): void {
  const userAgent = config
    .defaultUserAgentProvider()
    .then((sections) =>
      sections
        .map(([name, version]) => (version === undefined ? name : `${name}/${version}`))
        .join(' '),
    );
  middlewareStack.remove('getUserAgentMiddleware');
  middlewareStack.add(
    (next) => async (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      headers['user-agent'] = await userAgent;
      return next(args);
    },
    { step: 'build', name: 'nameOnce' },
  );
}

/**
 * The SDK copies its configuration, of fifty properties, three times for each call. V8 copies an object that has a shape and no
 * accessors eight times as fast as one that is a dictionary, and gives a shape to what an enumeration meets as a prototype.
 */
function flattenConfig(config: BedrockRuntimeClient['config']): void {
  Object.defineProperty(config, 'credentials', { value: config.credentials, writable: true });
  for (const name in Object.create(config)) if (name in config) break;
}

type Credentials = NonNullable<BedrockClientOptions['credentials']>;

/**
 * Failures to get credentials under one name. Other services fail on the way there (STS, SSO), and their errors must not
 * be taken for answers of Amazon Bedrock.
 */
function wrapCredentialErrors(credentials: Credentials): Credentials {
  if (typeof credentials !== 'function') return credentials;
  return async (...args) => {
    try {
      return await credentials(...args);
    } catch (cause) {
      const message = 'no credentials could be had';
      throw Object.assign(new Error(message, { cause }), { name: 'CredentialsProviderError' });
    }
  };
}
