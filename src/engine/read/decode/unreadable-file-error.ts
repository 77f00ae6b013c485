/** A file whose bytes are not of the form that its feed says: no row of it can be trusted, so the file is refused whole. */
export class UnreadableFileError extends Error {
  override readonly name = 'UnreadableFileError';

  constructor(
    /** In quarantine. */
    readonly reason: 'bad_gzip' | 'bad_encoding' | 'bad_json',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
