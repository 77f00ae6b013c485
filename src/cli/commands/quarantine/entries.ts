import type { Project } from '../../../config/load-project.js';
import { quarantineFolderOf } from '../../../engine/quarantine-folder.js';
import type { FeedDefinition } from '../../../engine/definition/types.js';
import { brokenRules, type BrokenRule } from '../../../engine/read/broken-rules.js';
import type { SqlRow, SqlValue, Warehouse } from '../../../engine/warehouse.js';
import { jsonRow } from '../../terminal/json-row.js';

export interface Entry extends SqlRow {
  quarantine_id: number;
  load_id: number;
  pipeline: string;
  feed: string;
  object_key: string;
  line_number: number;
  row_offset: number;
  row_bytes: number;
  reasons: string;
  quarantined_at: string;
  /** Of a refused file: why, and on a second line what was found. */
  problem: string | null;
  header: string | null;
  /** Of the load; null when it is forgotten. */
  identity: Buffer | null;
  raw: Buffer;
}

/** Entries of gear.quarantine, newest first. */
export function entriesWhere(
  warehouse: Warehouse,
  filters: readonly (readonly [text: string, value: SqlValue])[],
  limit: number,
): Promise<Entry[]> {
  const where = filters.length === 0 ? '' : `where ${filters.map(([text]) => text).join(' and ')}`;
  return warehouse.query<Entry>(
    `select q.quarantine_id, q.load_id, q.pipeline, q.feed, q.object_key, q.line_number, q.row_offset, q.row_bytes, q.reasons, q.quarantined_at,
       r.problem, l.header, l.identity, q.raw
     from gear.quarantine q
     left join gear.refusals r on r.load_id = q.load_id
     left join gear.loads l on l.load_id = q.load_id
     ${where}
     order by q.quarantine_id desc
     limit ${limit}`,
    filters.map(([, value]) => value),
  );
}

/** The folder of the entry's load in the source, for corrected rows; '' when the load is forgotten. */
export function folderOf({ load_id: loadId, identity }: Entry): string {
  return identity === null ? '' : quarantineFolderOf({ loadId, identity });
}

/** Which rules of today's definition the row breaks; undefined for a refused file and where the feed is not defined any more. */
export function rulesOf({ pipelines }: Project, entry: Entry): readonly BrokenRule[] | undefined {
  const feed: FeedDefinition | undefined = pipelines.get(entry.pipeline)?.definition.feeds.find(({ name }) => name === entry.feed);
  if (!feed || entry.reasons === 'bad_header') return undefined;
  const header = entry.header === null ? undefined : (JSON.parse(entry.header) as string[]);
  return brokenRules(feed, header, entry.reasons.split(','), entry.raw);
}

/** For scripts, without what stands in the file. */
export function jsonEntry(entry: Entry, rules: readonly BrokenRule[] | undefined): Record<string, unknown> {
  const told = rules?.map(({ column, place, reason, rule }) => ({ column, place, reason, rule }));
  const row = {
    ...jsonRow(entry),
    reasons: entry.reasons.split(','),
    rules: told,
    problem: entry.problem?.split('\n')[0],
    folder: folderOf(entry),
  };
  return Object.fromEntries(Object.entries(row).filter(([name]) => !['raw', 'header', 'identity'].includes(name)));
}
