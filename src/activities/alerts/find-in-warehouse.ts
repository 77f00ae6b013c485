import { createHash } from 'node:crypto';
import type { Trouble } from '../../contracts/alerts/incidents.js';
import { counted } from '../../contracts/format-numbers.js';
import { objectKey } from '../../contracts/lake/manifest.js';
import { workflowIds } from '../../contracts/names.js';
import { feedsOfKey } from '../../engine/definition/match/feeds-of-key.js';
import type { PipelineDefinition } from '../../engine/definition/types.js';
import type { ExtractDefinition } from '../../engine/extract/drift.js';
import type { Statements } from '../../engine/warehouse.js';
import { mostCounted, quarantinedRows } from '../../gear/troubles/quarantined.js';
import { refusedFiles } from '../../gear/troubles/refused.js';
import { leftOutTables, newColumns } from '../../gear/troubles/source-tables.js';

/** Lines of details. */
const shown = 5;

/** Rows in quarantine, one trouble a feed. */
export async function findQuarantined(warehouse: Statements, { name: pipeline, feeds }: PipelineDefinition): Promise<Trouble[]> {
  const troubles: Trouble[] = [];
  for (const { name: feed } of feeds) {
    const found = await quarantinedRows(warehouse, { pipeline, feed });
    if (!found) continue;
    const rows = found.rows > mostCounted ? `more than ${counted(mostCounted, 'row')}` : counted(found.rows, 'row');
    troubles.push({
      ...{ pipeline, kind: 'quarantined', subject: feed, feed, cause: String(found.newest), count: found.rows, at: found.at },
      summary: `${rows} of ${feed} ${found.rows === 1 ? 'is' : 'are'} in quarantine`,
      details: few(Object.entries(found.byReasons).map(([reasons, count]) => `${reasons}: ${counted(count, 'row')}`)),
      commands: [`strata quarantine list ${pipeline} --feed ${feed}`],
    });
  }
  return troubles;
}

/** Refused files, one trouble a feed. */
export async function findRefused(warehouse: Statements, { name: pipeline, feeds }: PipelineDefinition): Promise<Trouble[]> {
  const troubles: Trouble[] = [];
  for (const { name: feed } of feeds) {
    const files = await refusedFiles(warehouse, { pipeline, feed });
    const [newest] = files;
    if (!newest) continue;
    troubles.push({
      ...{ pipeline, kind: 'refused', subject: feed, feed, cause: String(newest.loadId), count: files.length, at: newest.at },
      summary: `${counted(files.length, 'file')} of ${feed} ${files.length === 1 ? 'was' : 'were'} refused`,
      details: few(files.map(({ loadId, problem }) => `load ${loadId}: ${problem}`)),
      commands: [`strata quarantine list ${pipeline} --feed ${feed}`, `strata loads --feed ${feed} --state refused`],
    });
  }
  return troubles;
}

/** Tables that the last run of an extract left out, one trouble each. */
export async function findLeftOut(warehouse: Statements, { name: pipeline, extracts }: PipelineDefinition): Promise<Trouble[]> {
  const troubles: Trouble[] = [];
  for (const { name: extract, tables } of (extracts ?? []).filter(isOfDatabase)) {
    for (const { table, why, run, at } of await leftOutTables(warehouse, { pipeline, extract })) {
      if (!tables.some(({ name }) => name === table)) continue;
      troubles.push({
        ...{ pipeline, kind: 'left_out', subject: `${extract}/${table}`, cause: digest(why), at },
        summary: `the table ${table} is left out of the extract ${extract}`,
        details: [`run ${run}: ${why}`],
        commands: [`strata catalogue ${pipeline}`, `strata why ${workflowIds.extract(pipeline, extract)}`],
      });
    }
  }
  return troubles;
}

/** Columns that came up in a table and that no feed which reads it names, one trouble a table. */
export async function findNewColumns(warehouse: Statements, definition: PipelineDefinition): Promise<Trouble[]> {
  const { name: pipeline, extracts, feeds } = definition;
  const feedsOf = feedsOfKey(feeds);
  const troubles: Trouble[] = [];
  for (const { name: extract, tables } of (extracts ?? []).filter(isOfDatabase)) {
    const found = await newColumns(warehouse, { pipeline, extract });
    for (const { name: table } of tables) {
      const readers = feedsOf(objectKey({ table, date: '2000-01-01', run: 1, part: 0 }));
      const named = new Set(readers.flatMap(({ columns }) => columns.map(({ header, name }) => header ?? name)));
      const lacking = found.filter((each) => each.table === table && !named.has(each.column));
      if (readers.length === 0 || lacking.length === 0) continue;
      troubles.push({
        ...{ pipeline, kind: 'new_columns', subject: `${extract}/${table}`, feed: readers[0]?.name },
        cause: lacking.map(({ column }) => column).join(','),
        count: lacking.length,
        summary: `the table ${table} has ${counted(lacking.length, 'new column')} that no feed names`,
        details: [
          ...few(lacking.map(({ column, type, run }) => `${column} (${type}), since run ${run}`)),
          'the lake has it for rows that have changed since. For the others too, name the column in the feed and extract every row',
        ],
        commands: [`strata catalogue ${pipeline}`, `strata extract ${pipeline} --extract ${extract} --full --tables ${table}`],
        at: lacking.map(({ at }) => at ?? new Date().toISOString()).sort()[0]!,
      });
    }
  }
  return troubles;
}

/** The answers of servers have neither tables nor columns. */
function isOfDatabase(extract: NonNullable<PipelineDefinition['extracts']>[number]): extract is ExtractDefinition {
  return extract.kind === 'postgres';
}

function few(lines: readonly string[]): string[] {
  return lines.length > shown ? [...lines.slice(0, shown), `and ${lines.length - shown} more`] : [...lines];
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
