import type { Contract } from '../contract.js';
import type { InputWindow } from '../csv/input-window.js';
import type { RowSplitter } from '../csv/row-splitter.js';
import type { RowTaker } from '../csv/row-taker.js';
import type { FieldRows } from '../fields/field-rows.js';
import type { RowFields } from '../fields/row-fields.js';
import { replayedRow } from '../../definition/replayed-row.js';
import { lineParser } from './line-parser.js';
import { placeOf } from './replayed-lines.js';

const badPlace: readonly string[] = [replayedRow.reason];

/** Rows that are a line each, in a format that divides it. */
export class LineRows implements RowTaker {
  readonly #parse: (line: Buffer, fields: RowFields) => readonly string[] | undefined;
  readonly #hasPlaces: boolean;

  constructor(
    contract: Contract,
    columnOrder: readonly number[],
    private readonly rows: FieldRows,
  ) {
    const columns = columnOrder.map((index) => contract.columns[index]!).filter(({ name }) => name !== replayedRow.column);
    this.#hasPlaces = columns.length < columnOrder.length;
    this.#parse = lineParser(contract, columns);
  }

  bytesChanged(): void {}

  take({ bytes, start }: InputWindow, { contentEnd }: RowSplitter, offset: number, line: number): readonly string[] | undefined {
    const { fields } = this.rows;
    fields.clear();
    const place = this.#hasPlaces ? placeOf(bytes, start, contentEnd) : undefined;
    if (this.#hasPlaces && place === undefined) return badPlace;
    const problem = this.#parse(bytes.subarray(place?.end ?? start, contentEnd), fields);
    if (problem !== undefined) return problem;
    if (place !== undefined) fields.addText(place.text);
    return this.rows.take(offset, line);
  }

  flush(): void {
    this.rows.flush();
  }
}
