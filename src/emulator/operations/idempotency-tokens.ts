import { AwsError } from '../wire/aws-error.ts';

/**
 * The invocation that each clientRequestToken started. AWS documents no lifetime for tokens. Here a
 * token lasts as long as the emulator.
 */
export class IdempotencyTokens {
  readonly #started = new Map<
    string,
    { readonly request: string; readonly invocationArn: string }
  >();

  /**
   * Returns the invocation that a token started, or undefined for a new token. Throws if the token
   * started a different request.
   */
  find(token: string | undefined, request: string): string | undefined {
    const existing = token === undefined ? undefined : this.#started.get(token);
    if (existing !== undefined && existing.request !== request) {
      throw new AwsError(
        'ConflictException',
        'The clientRequestToken was already used with different request parameters.',
      );
    }
    return existing?.invocationArn;
  }

  remember(token: string | undefined, request: string, invocationArn: string): void {
    if (token !== undefined) this.#started.set(token, { request, invocationArn });
  }
}
