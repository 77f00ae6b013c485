import type { ColumnContract, Contract } from '../contract.js';
import type { FileColumns } from '../extra-columns.js';
import { RowWriter } from '../csv/row-writer.js';
import type { Derivation } from './derivation.js';
import { isJson } from '../format.js';
import { FieldCheck } from './field-check.js';
import { KeptFields } from './kept-fields.js';
import { trimBlanks } from './trim-signs.js';
import { RowFields } from './row-fields.js';

/** Checks rows that are given field by field, adds the columns that no file has and writes them in the staging format. */
export class FieldRows {
  /** To be filled with the fields of a row, one for each column of the file, before it is taken. */
  readonly fields = new RowFields();
  readonly #check: FieldCheck;
  readonly #writer: RowWriter;
  /** Each with the place of the field of which it is made. */
  readonly #derivations: readonly (readonly [place: number, derivation: Derivation])[];
  readonly #trims: boolean;
  /** Undefined where the feed keeps no columns but its own. */
  readonly #kept: KeptFields | undefined;

  constructor(
    contract: Contract,
    { columnOrder, keptNames = new Map() }: FileColumns,
    derivations: readonly Derivation[],
    onRows: (lines: Buffer, rows: number) => void,
  ) {
    const columns: (ColumnContract | undefined)[] = columnOrder.map((index) => contract.columns[index]);
    // What is kept of CSV is made of texts, and always good.
    const kept = contract.keeps && isJson(contract.kind) ? [contract.keeps] : [];
    this.#check = new FieldCheck(contract, [...columns, ...derivations, ...kept]);
    this.#writer = new RowWriter(contract, columnOrder, onRows);
    this.#derivations = derivations.map((derivation) => [columns.findIndex((column) => column?.name === derivation.from), derivation]);
    this.#trims = contract.trims;
    this.#kept = contract.keeps === undefined ? undefined : new KeptFields(keptNames);
  }

  /** Writes the row that `fields` holds where it is good, else returns why it is not. */
  take(offset: number, line: number): readonly string[] | undefined {
    const { fields } = this;
    for (const [place, { apply }] of this.#derivations) {
      const made = apply(this.#source(place));
      fields.addText(made === null ? null : trimBlanks(made));
    }
    if (this.#kept) fields.addText(fields.kept ?? this.#kept.textOf(fields));
    const bits = this.#check.check(fields);
    if (bits !== 0) return this.#check.reasons(bits);
    this.#writer.writeFields(fields, this.#derivations.length + (this.#kept ? 1 : 0), offset, line, this.#check.padded);
    return undefined;
  }

  flush(): void {
    this.#writer.flush();
  }

  /** An empty value says no more than NULL does, nor does a column that the file lacks. */
  #source(place: number): string | null {
    const text = place === -1 ? null : this.fields.text(place);
    return (this.#trims && text !== null ? trimBlanks(text) : text) || null;
  }
}
