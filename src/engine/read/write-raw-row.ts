import { replayedRow } from '../definition/replayed-row.js';
import type { Contract } from './contract.js';
import { isJson } from './format.js';
import { rowText } from './csv/write-row.js';
import { jsonLine, withKept } from './lines/json-line.js';
import { combinedLogLine } from './lines/log-line.js';

/**
 * A row whose fields are these, by the columns' names in the contract, as a file of the feed has it; the names are those of its header. `kept`:
 * of JSON, the object of what the row has beside them.
 */
export function rawRow(contract: Contract, header: readonly string[], fields: readonly (string | null)[], kept: string | null): string {
  if (contract.kind === 'csv') return rowText(fields, contract.dialect, contract.nulls);
  const place = fields[header.indexOf(replayedRow.column)];
  const columns = header.flatMap((name) => contract.columns.filter((column) => column.name === name && name !== replayedRow.column));
  const texts = columns.map(({ name }) => fields[header.indexOf(name)] ?? null);
  const line = isJson(contract.kind)
    ? withKept(jsonLine(columns, texts), kept)
    : combinedLogLine(new Map(columns.map(({ title }, index) => [title, texts[index] ?? null])));
  return place === undefined ? line : `${place}\t${line}`;
}
