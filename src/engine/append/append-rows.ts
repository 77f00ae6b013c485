import type { Entity } from '../entities/entity.js';
import type { Contract } from '../read/contract.js';
import type { InputWindow } from '../read/csv/input-window.js';
import { RowCheck } from '../read/csv/row-check.js';
import { seenNonAscii, seenNul, type RowSplitter } from '../read/csv/row-splitter.js';
import type { RowTaker } from '../read/csv/row-taker.js';
import type { RowReason } from '../read/reject.js';
import type { ByteDictionary } from './byte-dictionary.js';
import { cellOf } from '../areas/cells.js';
import { rowOrder } from './row-order.js';
import { RunRows } from './run-rows.js';
import { valueReader, DictionaryValue, PointValue, TimestampValue, type TextValue } from './value-reader.js';
import { writeRun, type WrittenColumn } from './write-run.js';

const badEncoding: readonly RowReason[] = ['bad_encoding'];
const wrongColumnCount: readonly RowReason[] = ['wrong_column_count'];

interface Placed {
  readonly name: string;
  readonly reader: PointValue | TimestampValue | TextValue | DictionaryValue;
  /** Its first word in a row. */
  readonly word: number;
  /** Bit of the reason for a value that the dictionary has no room for. */
  readonly full: number;
}

/** Keeps the good rows of an append entity's file as numbers until a run of them is written, sorted. */
export class AppendRows implements RowTaker {
  readonly #rows: RunRows;
  readonly #check: RowCheck;
  readonly #columns: readonly Placed[];
  /** The point by whose cell rows are stored. */
  readonly #cell: PointValue | undefined;
  readonly #width: number;
  readonly #keyWords: readonly number[];

  constructor(contract: Contract, columnOrder: readonly number[], entity: Entity) {
    let word = entity.append?.cell === undefined ? 0 : 1;
    this.#columns = entity.columns.map((column) => {
      const { check, full } = contract.columns.find(({ name }) => name === column.name)!;
      const placed = { name: column.name, reader: valueReader(column, check), word, full };
      word += placed.reader.words;
      return placed;
    });
    const named = (name: string | undefined) => this.#columns.find((column) => column.name === name);
    const cell = named(entity.append?.cell)?.reader;
    this.#cell = cell instanceof PointValue ? cell : undefined;
    const order = (entity.append?.order ?? []).flatMap((name) => named(name)?.word ?? []);
    this.#keyWords = [...(this.#cell ? [0] : []), ...order.flatMap((first) => [first, first + 1])];
    this.#rows = new RunRows(word);
    this.#width = columnOrder.length;
    const columns = contract.columns.map((column) => ({ ...column, check: named(column.name)?.reader.check ?? column.check }));
    this.#check = new RowCheck({ ...contract, columns }, columnOrder);
  }

  /** Good rows since the last `clear`. */
  get rows(): number {
    return this.#rows.rows;
  }

  /** By column. */
  get dictionaries(): ReadonlyMap<string, ByteDictionary> {
    return new Map(this.#columns.flatMap(({ name, reader }) => (reader instanceof DictionaryValue ? [[name, reader.dictionary]] : [])));
  }

  bytesChanged(): void {
    this.#check.bytesChanged();
  }

  take(window: InputWindow, row: RowSplitter): readonly string[] | undefined {
    const check = this.#check;
    const { bytes } = window;
    if ((row.seen & (seenNul | seenNonAscii)) !== 0) {
      if ((row.seen & seenNul) !== 0 || !check.isUtf8(bytes, window.start, row.contentEnd, window.end)) return badEncoding;
    }
    if (row.count !== this.#width) return wrongColumnCount;
    for (const { reader } of this.#columns) reader.clear();
    let bits = check.check(row, bytes);
    if (bits === 0) bits = this.#keep(check.fields);
    return bits === 0 ? undefined : check.reasons(bits);
  }

  flush(): void {}

  /** The rows in the order of the table, as `load data` takes them; every value must have its id. */
  lines(): Generator<Buffer, void, undefined> {
    const rows = this.#rows;
    const keys = this.#keyWords;
    const order = rowOrder(rows.rows, keys.length, (k) => rows.column(keys[k]!));
    return writeRun(rows, order, this.#cell !== undefined, this.#columns.map(written));
  }

  /** Forgets the rows, but not the dictionaries. */
  clear(): void {
    this.#rows.clear();
  }

  /** Keeps the row that was just found good; returns bits of reasons where a dictionary has no room for it. */
  #keep(fields: Buffer): number {
    let bits = 0;
    for (const { reader, full } of this.#columns) {
      if (reader instanceof DictionaryValue) {
        const { dictionary, start, end } = reader;
        if (dictionary.isFull && dictionary.find(fields, start, end) === -1) bits |= full;
      }
    }
    if (bits !== 0) return bits;
    const rows = this.#rows;
    const { segment, at } = rows;
    if (this.#cell) segment[at] = cellOf(this.#cell.reader.longitude, this.#cell.reader.latitude);
    for (const { reader, word } of this.#columns) {
      const to = at + word;
      if (reader instanceof PointValue) {
        segment[to] = reader.reader.longitude;
        segment[to + 1] = reader.reader.latitude;
      } else if (reader instanceof TimestampValue) {
        segment[to] = reader.day;
        segment[to + 1] = reader.time;
      } else if (reader instanceof DictionaryValue) {
        const { dictionary, start, end } = reader;
        const number = dictionary.find(fields, start, end);
        segment[to] = number === -1 ? dictionary.add(fields, start, end) : number;
      } else {
        segment[to] = rows.keepText(fields, reader.start, reader.end);
        segment[to + 1] = reader.end - reader.start;
      }
    }
    rows.next();
    return 0;
  }
}

function written({ reader, word }: Placed): WrittenColumn {
  return reader instanceof DictionaryValue ? { kind: 'dictionary', word, dictionary: reader.dictionary } : { kind: reader.kind, word };
}
