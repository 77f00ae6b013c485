import type { Contract } from '../contract.js';
import type { RowReason } from '../reject.js';
import type { InputWindow } from './input-window.js';
import { RowCheck } from './row-check.js';
import { seenNonAscii, seenNul, type RowSplitter } from './row-splitter.js';
import type { RowTaker } from './row-taker.js';
import { RowWriter } from './row-writer.js';

const badEncoding: readonly RowReason[] = ['bad_encoding'];
const wrongColumnCount: readonly RowReason[] = ['wrong_column_count'];

/** Rows of CSV whose fields go to staging as they are: no field is NULL, and no column is made of another one. */
export class PlainRows implements RowTaker {
  readonly #check: RowCheck;
  readonly #writer: RowWriter;
  readonly #columns: number;

  constructor(contract: Contract, columnOrder: readonly number[], onRows: (lines: Buffer, rows: number) => void) {
    this.#check = new RowCheck(contract, columnOrder);
    this.#writer = new RowWriter(contract, columnOrder, onRows);
    this.#columns = columnOrder.length;
  }

  bytesChanged(): void {
    this.#check.bytesChanged();
  }

  take(window: InputWindow, row: RowSplitter, offset: number, line: number): readonly string[] | undefined {
    const check = this.#check;
    const { bytes } = window;
    if ((row.seen & (seenNul | seenNonAscii)) !== 0) {
      if ((row.seen & seenNul) !== 0 || !check.isUtf8(bytes, window.start, row.contentEnd, window.end)) return badEncoding;
    }
    if (row.count !== this.#columns) return wrongColumnCount;
    const bits = check.check(row, bytes);
    if (bits !== 0) return check.reasons(bits);
    this.#writer.write(window, row, check.fields, offset, line, check.padded);
    return undefined;
  }

  flush(): void {
    this.#writer.flush();
  }
}
