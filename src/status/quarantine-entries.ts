import type { Project } from '../config/load-project.js';
import { quarantineFolderOf } from '../engine/folders/quarantine-folder.js';
import type { FeedDefinition } from '../engine/definition/types.js';
import { brokenRules, type BrokenRule } from '../engine/read/broken-rules.js';
import type { SqlRow, SqlValue, Warehouse } from '../engine/warehouse.js';
import { tooManyDeletions } from '../gear/deletions/refuse-staged.js';
import { camelRow } from './camel-row.js';

/** A row or a file that breaks its contract. */
export interface QuarantineEntry {
  readonly quarantineId: number;
  readonly loadId: number;
  readonly pipeline: string;
  readonly feed: string;
  readonly objectKey: string;
  readonly lineNumber: number;
  readonly rowOffset: number;
  readonly rowBytes: number;
  readonly reasons: readonly string[];
  readonly quarantinedAt: string;
  /** Of a refused file: why, and what was found. */
  readonly problem: string | undefined;
  readonly found: string | undefined;
  /** Which rules of the current definition the row breaks; undefined for a refused file and where no definition has the feed. */
  readonly rules: readonly BrokenRule[] | undefined;
  /** The folder of the source for corrected rows; '' when the load is forgotten. */
  readonly folder: string;
  /** As it was delivered; of a long row the first bytes. */
  readonly raw: Buffer;
}

export interface EntryFilter {
  readonly entry?: number | undefined;
  readonly pipeline?: string | undefined;
  readonly feed?: string | undefined;
  readonly load?: number | undefined;
  readonly limit: number;
}

interface EntryRow extends SqlRow {
  load_id: number;
  pipeline: string;
  feed: string;
  reasons: string;
  row_bytes: number;
  problem: string | null;
  header: string | null;
  identity: Buffer | null;
  raw: Buffer;
}

/** Entries of gear.quarantine, the newest first. */
export async function quarantineEntries(warehouse: Warehouse, project: Project, filter: EntryFilter): Promise<QuarantineEntry[]> {
  const wanted: readonly (readonly [column: string, value: SqlValue | undefined])[] = [
    ['q.quarantine_id', filter.entry],
    ['q.pipeline', filter.pipeline],
    ['q.feed', filter.feed],
    ['q.load_id', filter.load],
  ];
  const filters = wanted.flatMap(([column, value]) => (value === undefined ? [] : [{ column, value }]));
  const rows = await warehouse.query<EntryRow>(
    `select q.quarantine_id, q.load_id, q.pipeline, q.feed, q.object_key, q.line_number, q.row_offset, q.row_bytes, q.reasons, q.quarantined_at,
       r.problem, l.header, l.identity, q.raw
     from gear.quarantine q
     left join gear.refusals r on r.load_id = q.load_id
     left join gear.loads l on l.load_id = q.load_id
     ${filters.length === 0 ? '' : `where ${filters.map(({ column }) => `${column} = ?`).join(' and ')}`}
     order by q.quarantine_id desc
     limit ${filter.limit}`,
    filters.map(({ value }) => value),
  );
  return rows.map((row) => entryOf(project, row));
}

function entryOf(project: Project, { header, identity, problem: text, ...row }: EntryRow): QuarantineEntry {
  const reasons = row.reasons.split(',');
  const [problem, found] = text?.split('\n') ?? [];
  return {
    ...camelRow<QuarantineEntry>(row),
    reasons,
    problem,
    found,
    // Of a long row only the beginning is there, in which columns are missing.
    rules: rulesOf(project, { ...row, reasons, header: Number(row.row_bytes) > row.raw.length ? null : header }),
    folder: identity === null ? '' : quarantineFolderOf({ loadId: row.load_id, identity }),
  };
}

interface Checked {
  readonly pipeline: string;
  readonly feed: string;
  readonly reasons: readonly string[];
  readonly header: string | null;
  readonly raw: Buffer;
}

function rulesOf({ pipelines }: Project, { pipeline, feed, reasons, header, raw }: Checked): readonly BrokenRule[] | undefined {
  const definition: FeedDefinition | undefined = pipelines.get(pipeline)?.definition.feeds.find(({ name }) => name === feed);
  if (!definition || reasons[0] === 'bad_header' || reasons[0] === tooManyDeletions) return undefined;
  return brokenRules(definition, header === null ? undefined : (JSON.parse(header) as string[]), reasons, raw);
}
