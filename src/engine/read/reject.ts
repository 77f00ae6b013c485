/** Of a row too long to be kept whole, the quarantine has its first bytes. */
export const keptRawBytes = 64 << 10;

/** Reasons for which a whole file is refused. A row can have bad_encoding too. */
export const fileReasons = [
  'bad_header',
  'bad_gzip',
  'bad_zstd',
  'bad_json',
  'bad_encoding',
  'duplicate_file',
  'too_many_deletions',
] as const;
export type FileReason = (typeof fileReasons)[number];

/** Reasons that a row reports alone, the first that applies. */
export const rowReasons = ['row_too_long', 'bad_quote', 'bad_encoding', 'wrong_column_count', 'bad_line', 'unknown_property'] as const;
export type RowReason = (typeof rowReasons)[number];

/** A row (or, for bad_quote, a physical line) that breaks the contract. */
export interface Reject {
  /** Physical line on which it begins; the file's first is 1. */
  readonly lineNumber: number;
  /** Bytes from the object's start to the row's. */
  readonly rowOffset: number;
  /** Its length in the object without the line break that ends it; `raw` may hold less. */
  readonly rowBytes: number;
  /** One of `rowReasons`, or the columns' reasons in the feed's order, each once. */
  readonly reasons: readonly string[];
  /** The row as it is in the object, without its line break; the first 64 KiB of one that is too long. A copy. */
  readonly raw: Buffer;
}
