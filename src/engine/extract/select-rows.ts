import type { LakeColumn } from '../../contracts/lake/manifest.js';
import type { ExtractTable } from './drift.js';
import type { SnapshotFacts, SourceSnapshot } from './source-snapshot.js';
import { windowCondition, windowSince, type VersionWindow } from './version-window.js';

/**
 * The select of a table's rows. Before the columns of the object come two that are taken off again: the id of the row's version where it may have to be
 * remembered, and the mark.
 */
export function selectRows(
  source: Pick<SourceSnapshot, 'quoted' | 'quotedTable'>,
  {
    table,
    columns,
    changes,
    facts,
  }: {
    readonly table: ExtractTable;
    readonly columns: readonly LakeColumn[];
    /** Only these versions; all rows when absent. */
    readonly changes: VersionWindow | undefined;
    readonly facts: SnapshotFacts;
  },
): string {
  const column = (name: string) => `t.${source.quoted(name)}`;
  // A row that the next run may see as changed, though this one reads it already.
  const open = windowCondition(windowSince(facts.xmin, facts));
  const version = changes ? 't.xmin' : open === 'false' ? 'null' : `case when ${open} then t.xmin end`;
  const fields = [version, column(table.mark), ...columns.map(({ name }) => column(name))];
  const where = changes ? ` where ${windowCondition(changes)}` : '';
  return `select ${fields.join(', ')} from ${source.quotedTable(table.name)} t${where}`;
}

/** The first line of an object. */
export function headerOf(columns: readonly LakeColumn[]): Buffer {
  return Buffer.from(`${columns.map(({ name }) => (/[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name)).join(',')}\n`);
}
