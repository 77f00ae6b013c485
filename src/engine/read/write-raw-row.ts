import { replayedRow } from '../definition/replayed-row.js';
import type { Contract } from './contract.js';
import { rowText } from './csv/write-row.js';
import { combinedLogLine } from './lines/log-line.js';

/** A row whose fields are these, by the columns' names in the contract, as a file of the feed has it; the names are those of its header. */
export function rawRow(contract: Contract, header: readonly string[], fields: readonly (string | null)[]): string {
  if (contract.kind === 'csv') return rowText(fields, contract.dialect, contract.nulls);
  const titles = header.map((name) => contract.columns.find((column) => column.name === name)?.title ?? name);
  const place = fields[header.indexOf(replayedRow.column)];
  const line = combinedLogLine(new Map(titles.map((title, index) => [title, fields[index] ?? null])));
  return place === undefined ? line : `${place}\t${line}`;
}
