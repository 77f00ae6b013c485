import type { Contract } from './contract.js';
import { NullableRows } from './csv/nullable-rows.js';
import { PlainRows } from './csv/plain-rows.js';
import type { RowTaker } from './csv/row-taker.js';
import type { FileColumns } from './extra-columns.js';
import type { Derivation } from './fields/derivation.js';
import { FieldRows } from './fields/field-rows.js';
import { LineRows } from './lines/line-rows.js';

/** What makes staged rows of an object's. */
export function rowTaker(
  contract: Contract,
  columns: FileColumns,
  derivations: readonly Derivation[],
  onRows: (lines: Buffer, rows: number) => void,
): RowTaker {
  const isPlain = contract.kind === 'csv' && contract.nulls === undefined && contract.keeps === undefined && derivations.length === 0;
  if (isPlain) return new PlainRows(contract, columns.columnOrder, onRows);
  const rows = new FieldRows(contract, columns, derivations, onRows);
  return contract.kind === 'csv'
    ? new NullableRows(contract, columns.columnOrder, rows)
    : new LineRows(contract, columns.columnOrder, rows);
}
