import { isUtf8 } from 'node:buffer';
import type { Contract } from '../contract.js';
import { isSpace } from '../fields/field-check.js';
import type { FieldRows } from '../fields/field-rows.js';
import type { RowReason } from '../reject.js';
import type { InputWindow } from './input-window.js';
import { seenDoubledQuote, seenNonAscii, seenNul, type RowSplitter } from './row-splitter.js';
import type { RowTaker } from './row-taker.js';

const badEncoding: readonly RowReason[] = ['bad_encoding'];
const wrongColumnCount: readonly RowReason[] = ['wrong_column_count'];

/** Rows of CSV whose fields may be NULL, or of which columns are made: each field is looked at on its own. */
export class NullableRows implements RowTaker {
  readonly #quote: number | undefined;
  readonly #tokens: readonly Buffer[];
  readonly #emptyIsNull: boolean;
  readonly #columns: number;
  /** By place: white space is part of the value. */
  readonly #exact: readonly boolean[];

  constructor(
    { dialect, nulls, columns }: Contract,
    columnOrder: readonly number[],
    private readonly rows: FieldRows,
  ) {
    this.#quote = dialect.quote;
    this.#tokens = nulls?.tokens ?? [];
    this.#emptyIsNull = nulls?.emptyIsNull ?? false;
    this.#columns = columnOrder.length;
    this.#exact = columnOrder.map((index) => columns[index]?.exact ?? false);
  }

  bytesChanged(): void {}

  take({ bytes, start }: InputWindow, row: RowSplitter, offset: number, line: number): readonly string[] | undefined {
    const isOdd = (row.seen & seenNul) !== 0 || ((row.seen & seenNonAscii) !== 0 && !isUtf8(bytes.subarray(start, row.contentEnd)));
    if (isOdd) return badEncoding;
    if (row.count !== this.#columns) return wrongColumnCount;
    const { fields } = this.rows;
    fields.clear();
    for (let place = 0; place < row.count; place++) {
      const from = row.starts[place]!;
      const to = row.ends[place]!;
      // Before a field without quotes stands a delimiter, or another row.
      const isQuoted = from > start && bytes[from - 1] === this.#quote;
      if (!isQuoted && this.#isNull(bytes, from, to, this.#exact[place]!)) fields.addText(null);
      else fields.addBytes(bytes, from, to, (row.seen & seenDoubledQuote) === 0 ? undefined : this.#quote);
    }
    return this.rows.take(offset, line);
  }

  flush(): void {
    this.rows.flush();
  }

  #isNull(bytes: Buffer, from: number, to: number, isExact: boolean): boolean {
    let start = from;
    let end = to;
    if (isExact && start < end && this.#tokens.length === 0) return false;
    while (start < end && isSpace(bytes[start]!)) start++;
    while (start < end && isSpace(bytes[end - 1]!)) end--;
    if (start === end) return this.#emptyIsNull;
    return this.#tokens.some((token) => token.length === end - start && token.compare(bytes, start, end) === 0);
  }
}
