import type { Entity } from '../entities/entity.js';
import type { Contract } from '../read/contract.js';
import type { InputWindow } from '../read/csv/input-window.js';
import { RowCheck } from '../read/csv/row-check.js';
import { seenNonAscii, seenNul, type RowSplitter } from '../read/csv/row-splitter.js';
import type { RowTaker } from '../read/csv/row-taker.js';
import type { RowReason } from '../read/reject.js';
import type { AppendKind } from './append-columns.js';
import type { ByteDictionary } from './byte-dictionary.js';
import { rowOrder } from './row-order.js';
import { rowPlaces } from './row-places.js';
import { RunRows } from './run-rows.js';
import type { StoredRows } from './stored-rows.js';
import type { TimestampValue, PointValue } from './value-reader.js';
import { valueReader, DictionaryValue, type TextValue } from './value-reader.js';
import { writeRun, type WrittenColumn } from './write-run.js';

const badEncoding: readonly RowReason[] = ['bad_encoding'];
const wrongColumnCount: readonly RowReason[] = ['wrong_column_count'];

interface Placed<Reader extends AnyValue = AnyValue> {
  readonly name: string;
  readonly reader: Reader;
  /** Its first word in a row. */
  readonly word: number;
  /** Bit of the reason for a value that the dictionary has no room for. */
  readonly full: number;
}

type AnyValue = PointValue | TimestampValue | TextValue | DictionaryValue;

/** Keeps the good rows of an append entity's file as numbers until a run of them is written, sorted. */
export class AppendRows implements RowTaker {
  readonly #rows: RunRows;
  readonly #check: RowCheck;
  readonly #columns: readonly Placed[];
  // Columns of one kind go through a loop of their own: a loop over all kinds takes three times as long.
  readonly #points: readonly Placed<PointValue>[];
  readonly #times: readonly Placed<TimestampValue>[];
  readonly #dictionaries: readonly Placed<DictionaryValue>[];
  readonly #texts: readonly Placed<TextValue>[];
  readonly #width: number;
  /** The words by which rows are sorted within a cell. */
  readonly #orderWords: readonly number[];

  constructor(contract: Contract, columnOrder: readonly number[], entity: Entity) {
    let word = 0;
    this.#columns = entity.columns.map((column) => {
      const { check, full } = contract.columns.find(({ name }) => name === column.name)!;
      const placed = { name: column.name, reader: valueReader(column, check), word, full };
      word += placed.reader.words;
      return placed;
    });
    const ofKind = <Reader extends AnyValue>(kind: AppendKind) =>
      this.#columns.filter(({ reader }) => reader.kind === kind) as Placed<Reader>[];
    this.#points = ofKind<PointValue>('point');
    this.#times = ofKind<TimestampValue>('timestamp');
    this.#dictionaries = ofKind<DictionaryValue>('dictionary');
    this.#texts = ofKind<TextValue>('text');
    const named = (name: string | undefined) => this.#columns.find((column) => column.name === name);
    const order = (entity.append?.order ?? []).flatMap((name) => named(name)?.word ?? []);
    this.#orderWords = order.flatMap((first) => [first, first + 1]);
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
    return new Map(this.#dictionaries.map(({ name, reader }) => [name, reader.dictionary]));
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
    for (const { reader } of this.#dictionaries) reader.clear();
    for (const { reader } of this.#texts) reader.clear();
    let bits = check.check(row, bytes);
    if (bits === 0) bits = this.#keep(check.fields);
    return bits === 0 ? undefined : check.reasons(bits);
  }

  flush(): void {}

  /** The rows in the order of the table and with its columns, as `load data` takes them; every value must have its id. */
  lines({ cell, columns }: StoredRows): Generator<Buffer, void, undefined> {
    const rows = this.#rows;
    const point = this.#points.find(({ name }) => name === cell);
    const places = point && rowPlaces(rows, point.word);
    const first = places ? [places.cells, places.parts] : [];
    const order = rowOrder(
      rows.rows,
      first.length + this.#orderWords.length,
      (k) => first[k] ?? rows.column(this.#orderWords[k - first.length]!),
    );
    const own = this.#columns.filter(({ name }) => columns.some((column) => column.name === name));
    return writeRun(rows, order, places, own.map(written));
  }

  /** Forgets the rows, but not the dictionaries. */
  clear(): void {
    this.#rows.clear();
  }

  /** Keeps the row that was just found good; returns bits of reasons where a dictionary has no room for it. */
  #keep(fields: Buffer): number {
    let bits = 0;
    for (const { reader, full } of this.#dictionaries) {
      reader.number = reader.dictionary.find(fields, reader.start, reader.end);
      if (reader.number === -1 && reader.dictionary.isFull) bits |= full;
    }
    if (bits !== 0) return bits;
    const rows = this.#rows;
    const { segment, at } = rows;
    for (const { reader, word } of this.#points) {
      segment[at + word] = reader.reader.longitude;
      segment[at + word + 1] = reader.reader.latitude;
    }
    for (const { reader, word } of this.#times) {
      segment[at + word] = reader.day;
      segment[at + word + 1] = reader.time;
    }
    for (const { reader, word } of this.#dictionaries)
      segment[at + word] = reader.number === -1 ? reader.dictionary.add(fields, reader.start, reader.end) : reader.number;
    for (const { reader, word } of this.#texts) {
      segment[at + word] = rows.keepText(fields, reader.start, reader.end);
      segment[at + word + 1] = reader.end - reader.start;
    }
    rows.next();
    return 0;
  }
}

function written({ reader, word }: Placed): WrittenColumn {
  return reader instanceof DictionaryValue ? { kind: 'dictionary', word, dictionary: reader.dictionary } : { kind: reader.kind, word };
}
