import { AwsError } from '../wire/aws-error.ts';

/** What each clientRequestToken has started. AWS documents no lifetime; here a token lasts as long as the emulator. */
export class IdempotencyTokens {
  readonly #started = new Map<
    string,
    { readonly request: string; readonly invocationArn: string }
  >();

  /** The invocation a token has started with the same request; undefined for a new token. */
  find(token: string | undefined, request: string): string | undefined {
    const earlier = token === undefined ? undefined : this.#started.get(token);
    if (earlier !== undefined && earlier.request !== request) {
      throw new AwsError(
        'ConflictException',
        'The clientRequestToken was already used with different request parameters.',
      );
    }
    return earlier?.invocationArn;
  }

  keep(token: string | undefined, request: string, invocationArn: string): void {
    if (token !== undefined) this.#started.set(token, { request, invocationArn });
  }
}
