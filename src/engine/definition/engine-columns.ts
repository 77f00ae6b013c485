import { replayedRow } from './replayed-row.js';

/** Columns that the engine adds to the tables that hold a feed's columns. */
const engineColumns: ReadonlySet<string> = new Set([
  ...['load_id', 'row_offset', 'line_number', 'padded', 'created_at', 'updated_at', 'batch_number', 'change_kind', 'copies', 'is_outdated'],
  ...['load_datetime', 'record_source', 'hashdiff', 'is_active', replayedRow.column],
]);

/** Whether no column of a feed may have the name. */
export function isEngineColumn(name: string): boolean {
  return engineColumns.has(name) || name.endsWith('_hk');
}
