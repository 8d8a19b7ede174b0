/** An answer that is not what the service model says. The message never quotes the answer. */
export class InvalidResponseError extends Error {
  override readonly name = 'UnreadableAnswer';
  /** Read by the SDK's retry strategy: the status decides whether another attempt makes sense. */
  readonly $metadata: { readonly httpStatusCode?: number };

  constructor(message: string, httpStatusCode?: number) {
    super(message);
    this.$metadata = httpStatusCode === undefined ? {} : { httpStatusCode };
  }
}
