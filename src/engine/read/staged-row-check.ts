import type { SqlRow } from '../warehouse.js';
import type { Contract } from './contract.js';
import type { Reject } from './reject.js';
import { ignoredColumn, isIgnoredName } from './ignored-columns.js';
import type { Dialect } from './csv/dialect.js';
import { rowText } from './csv/write-row.js';
import { RowCheck } from './csv/row-check.js';

/** A row of staging, its fields as bytes under their columns' names; null where it was staged before there was such a column. */
export interface StagedRow extends SqlRow {
  readonly row_offset: number | string;
  readonly line_number: number | string;
}

/** Checks rows that are in staging by a contract, as the scanner checks those of a file. */
export class StagedRowCheck {
  readonly #check: RowCheck;
  readonly #header: readonly string[];
  readonly #dialect: Dialect;

  /** `header`: the columns that the file had, in its order. The others of the contract came later and are not checked. Of those that
   * were ignored, nothing is left: they are empty. */
  constructor(contract: Contract, header: readonly string[]) {
    const columns = contract.columns.filter(({ name }) => header.includes(name));
    this.#header = header;
    this.#dialect = contract.dialect;
    this.#check = new RowCheck(
      { ...contract, columns },
      header.map((name) => (isIgnoredName(name) ? ignoredColumn : columns.findIndex((column) => column.name === name))),
    );
  }

  /** Undefined for a good row. Its bytes are those of a row of the file's form, whether or not the file had quotes there. */
  rejectOf(row: StagedRow): Reject | undefined {
    const fields = this.#header.map((name) => (row[name] as Buffer | null | undefined) ?? Buffer.alloc(0));
    let at = 0;
    const ends = fields.map((field) => (at += field.length));
    const starts = ends.map((end, index) => end - fields[index]!.length);
    const bits = this.#check.check({ starts, ends, count: fields.length, seen: 0 }, Buffer.concat(fields));
    if (bits === 0) return undefined;
    const raw = Buffer.from(
      rowText(
        fields.map((field) => field.toString('utf8')),
        this.#dialect,
      ),
    );
    return {
      lineNumber: Number(row.line_number),
      rowOffset: Number(row.row_offset),
      rowBytes: raw.length,
      reasons: this.#check.reasons(bits),
      raw,
    };
  }
}
