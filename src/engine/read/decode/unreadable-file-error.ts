import type { FileReason } from '../reject.js';

/** Why a file could not be read, as quarantine says it. */
export type UnreadableReason = Extract<FileReason, 'bad_gzip' | 'bad_zstd' | 'bad_encoding' | 'bad_json'>;

/** A file whose bytes are not of the form that its feed says: no row of it can be trusted, so the file is refused whole. */
export class UnreadableFileError extends Error {
  override readonly name = 'UnreadableFileError';

  constructor(
    readonly reason: UnreadableReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
