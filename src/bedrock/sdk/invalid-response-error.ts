/** A response that does not match the service model. The message never quotes the response. */
export class InvalidResponseError extends Error {
  override readonly name = 'InvalidResponseError';
  /** Read by the SDK's retry strategy: the status decides whether another attempt makes sense. */
  readonly $metadata: { readonly httpStatusCode?: number };

  constructor(message: string, httpStatusCode?: number) {
    super(message);
    this.$metadata = httpStatusCode === undefined ? {} : { httpStatusCode };
  }
}
