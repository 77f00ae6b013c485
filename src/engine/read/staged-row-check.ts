import type { SqlRow } from '../warehouse.js';
import type { Contract } from './contract.js';
import { FieldCheck } from './fields/field-check.js';
import { keptFieldsIn } from './fields/kept-fields.js';
import { RowFields } from './fields/row-fields.js';
import type { Reject } from './reject.js';
import { isJson } from './format.js';
import { isExtra, keptNameOf } from './extra-columns.js';
import { rawRow } from './write-raw-row.js';

/** A row of staging: its fields as bytes, by the names of their columns. Null for a column that was added after the row was staged. */
export interface StagedRow extends SqlRow {
  readonly row_offset: number | string;
  readonly line_number: number | string;
}

/** Checks rows that are in staging by a contract, as those of a file are checked. */
export class StagedRowCheck {
  /** The columns of staging that are checked. */
  readonly names: readonly string[];
  readonly #check: FieldCheck;
  readonly #fields = new RowFields();

  /**
   * `header`: the columns that the file had, in its order. The others of the contract's came later and are not checked, and of those that
   * were ignored, nothing is left: they are empty. Those that were kept are in a column of their own. Columns that are made of others are checked where they hold something.
   */
  constructor(
    private readonly contract: Contract,
    private readonly header: readonly string[],
  ) {
    const derived = contract.derived.map((column) => ({ ...column, nullable: true }));
    const columns = header.map((name) => contract.columns.find((column) => column.name === name));
    const hasKept = isJson(contract.kind) || header.some((name) => keptNameOf(name) !== undefined);
    const keeps = contract.keeps && hasKept ? [contract.keeps.name] : [];
    this.names = [...header.filter((name) => !isExtra(name)), ...derived.map(({ name }) => name), ...keeps];
    this.#check = new FieldCheck(contract, [...columns, ...derived]);
  }

  /** Undefined for a good row. Its bytes are those of a row of the file's form, whether or not the file had quotes there. */
  rejectOf(row: StagedRow): Reject | undefined {
    const fields = this.#fields;
    fields.clear();
    const object = this.#keptOf(row);
    const kept = object === null || isJson(this.contract.kind) ? undefined : keptFieldsIn(object);
    for (const name of [...this.header, ...this.contract.derived.map((column) => column.name)]) {
      const field = row[name] as Buffer | null | undefined;
      const extra = keptNameOf(name) ?? '';
      if (isExtra(name)) fields.addText(kept?.has(extra) ? kept.get(extra)! : '');
      else if (field) fields.addBytes(field, 0, field.length);
      else fields.addText(null);
    }
    const texts = this.header.map((_name, place) => fields.text(place));
    const bits = this.#check.check(fields);
    if (bits === 0) return undefined;
    const raw = Buffer.from(rawRow(this.contract, this.header, texts, object));
    return {
      lineNumber: Number(row.line_number),
      rowOffset: Number(row.row_offset),
      rowBytes: raw.length,
      reasons: this.#check.reasons(bits),
      raw,
    };
  }

  /** The object of what the row has beside its columns. */
  #keptOf(row: StagedRow): string | null {
    const { keeps } = this.contract;
    const text = keeps === undefined ? undefined : (row[keeps.name] as Buffer | null | undefined);
    return text ? text.toString() : null;
  }
}
