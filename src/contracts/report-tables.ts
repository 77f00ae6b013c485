import { byteSize, counted, grouped } from './format-numbers.js';
import { duration } from './format-times.js';
import { datesOf } from './dates/dates.js';
import { listOf, listText, type DatesReport } from './dates/dated-runs.js';
import type { AnswersResult, ExtractedRun, ExtractResult } from './activities/extract.js';
import type { ListedFiles } from './activities/pickup.js';
import { filesOfFeeds } from './listed-files.js';
import type { ProcessedResult } from './activities/processed.js';
import type { ExportResult, OutputsDone } from './outputs.js';
import type { FeedCounts, MartCounts, PickupCounts, RunReport } from './workflows.js';

/** A part of a run's report: a table, lines below it, or both. Temporal Web, the command line and pages each render it in their own way. */
export interface ReportSection {
  readonly heading: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly lines: readonly ReportLine[];
}

/** A line of a report. `name` comes from outside, such as a file's key: each renderer shows it so that it can't do harm. */
export interface ReportLine {
  readonly name?: string;
  readonly text: string;
}

/** What a run did, layer by layer. Parts that had nothing to do are left out. */
export function reportSections({
  extract,
  dates,
  pickups = {},
  feeds = {},
  vault = {},
  marts = {},
  processed,
  exports = {},
  outputs,
}: Partial<RunReport>): ReportSection[] {
  return [
    ...(extract ? [extractSection(extract)] : []),
    ...(dates ? [dateSection(dates)] : []),
    pickupSection(pickups),
    refusalSection(pickups),
    listSection('Files left alone', pickups, ({ leftAlone }) => leftAlone, 'was left alone: '),
    listSection('Files with a time in the future', pickups, ({ future }) => future, 'was claimed: '),
    feedSection(feeds),
    vaultSection(vault),
    martSection(marts),
    ...(processed ? [processedSection(processed)] : []),
    exportSection(exports),
    ...(outputs ? [outputSection(outputs)] : []),
  ].filter(({ rows, lines }) => rows.length + lines.length > 0);
}

const readWays = { full: 'every row', changed: 'changed rows', compared: 'every row compared' } as const;

function extractSection(result: ExtractResult): ReportSection {
  return result.kind === 'answers' ? answersSection(result) : tablesSection(result);
}

/** The days that a server was asked for. */
function answersSection({ wanted, kept, same, none, otherDate, unanswered, skipped = 0, notSet }: AnswersResult): ReportSection {
  const missing = wanted - kept - same - none - skipped;
  return {
    heading: 'Source to lake',
    columns: [],
    rows: [],
    lines: [
      ...(notSet === undefined ? [{ text: `${counted(wanted, 'day')} asked for, ${grouped(kept)} with a new answer` }] : []),
      ...(notSet === undefined ? [] : [{ text: `nothing was asked for, because ${notSet} is not set` }]),
      ...(same > 0 ? [{ text: `${counted(same, 'day')} with the answer that the lake had` }] : []),
      ...(none > 0 ? [{ text: `${counted(none, 'day')} of which the server has nothing` }] : []),
      ...(otherDate > 0 ? [{ text: `${counted(otherDate, 'answer')} of another day than was asked for` }] : []),
      ...(missing > 0 ? [{ text: `${counted(missing, 'day')} without a good answer. The next run asks again` }] : []),
      ...(skipped > 0 ? [{ text: `${counted(skipped, 'day')} not asked for, because too many failed. The next run asks` }] : []),
      ...unanswered.map(({ why }) => ({ text: why })),
    ],
  };
}

/** The tables of an extract's run that had something new, and what people must know of the others. */
function tablesSection({ run, snapshotAt, heldSeconds, tables, takenOver }: ExtractedRun): ReportSection {
  const changed = tables.filter(({ rows, way }) => rows > 0 || way === 'compared');
  const left = tables.filter(({ leftOut }) => leftOut !== undefined);
  const same = tables.length - changed.length - left.length;
  return {
    heading: 'Source to lake',
    columns: ['table', 'read', 'rows', 'objects', 'bytes'],
    rows: changed.map(({ name, way, rows, objects, bytes }) => [
      name,
      way === null ? '' : readWays[way],
      ...[rows, objects].map(grouped),
      byteSize(bytes),
    ]),
    lines: [
      {
        text: `run ${run}, as of ${snapshotAt.slice(0, 19).replace('T', ' ')} UTC${heldSeconds === undefined ? '' : `, in a snapshot that was open for ${duration(heldSeconds)}`}`,
      },
      ...(same > 0 ? [{ text: `${counted(same, 'table')} without changes` }] : []),
      ...left.map(({ name, leftOut }) => ({ name, text: `was left out: ${leftOut ?? ''}` })),
      ...tables.flatMap(({ name, because }) => (because === undefined ? [] : [{ name, text: `was compared with the lake: ${because}` }])),
      ...tables.flatMap(({ name, added = [] }) =>
        added.length === 0
          ? []
          : [{ name, text: `has new columns: ${added.join(', ')}. A full extract of it brings the values of older rows` }],
      ),
      ...tables.flatMap(({ name, future = 0 }) =>
        future === 0
          ? []
          : [{ name, text: `has ${counted(future, 'row')} whose time of change is in the future. Check the clock of what writes it` }],
      ),
      ...(takenOver.length > 0 ? [{ text: `taken over from the lake: run ${takenOver.join(', ')}` }] : []),
    ],
  };
}

/** The dates of a run by date, and which of them lack files. */
function dateSection({ dates, empty, missing, incomplete }: DatesReport): ReportSection {
  const of = (list: DatesReport['empty']) => `${counted(list.dates, 'date')}: ${listText(list)}`;
  const feeds = Object.entries(missing).filter(([, list]) => list.dates > 0);
  return {
    heading: 'Dates',
    columns: [],
    rows: [],
    lines: [
      { text: `${counted(dates, 'date')}, ${grouped(dates - incomplete.dates)} complete` },
      ...(incomplete.dates > 0 ? [{ text: `not complete: ${of(incomplete)}` }] : []),
      ...(empty.dates > 0 ? [{ text: `no file of any feed: ${of(empty)}` }] : []),
      ...feeds.map(([feed, list]) => ({ text: `no file of ${feed}: ${of(list)}` })),
    ],
  };
}

/** The files of each feed. */
export function pickupSection(pickups: Readonly<Record<string, PickupCounts>>): ReportSection {
  return {
    heading: 'Files',
    columns: ['feed', 'staged', 'refused', 'failed', 'rows', 'quarantined', 'read'],
    rows: Object.entries(pickups).map(([feed, counts]) => [
      feed,
      ...[counts.staged, counts.refused, counts.failed, counts.rows, counts.quarantined].map(grouped),
      byteSize(counts.bytes),
    ]),
    lines: Object.entries(pickups).flatMap(([feed, counts]) =>
      otherFiles(counts) === '' ? [] : [{ text: `${feed}: ${otherFiles(counts)}` }],
    ),
  };
}

/** The first refused files, each with the reason. */
export function refusalSection(pickups: Readonly<Record<string, PickupCounts>>): ReportSection {
  return { heading: 'Refused files', columns: [], rows: [], lines: Object.values(pickups).flatMap(refusalLines) };
}

function refusalLines({ refusals = [], refused }: PickupCounts): ReportLine[] {
  const lines = refusals.map(({ loadId, object, problem }) => ({ name: object, text: `(load ${loadId}): ${problem}` }));
  const more = refused - refusals.length;
  return more > 0 && lines.length > 0 ? [...lines, { text: `and ${grouped(more)} more` }] : lines;
}

/** The first files of the lists of all feeds, each with what to do about it. What several feeds name is there once, with their names. */
function listSection(
  heading: string,
  pickups: Readonly<Record<string, PickupCounts>>,
  listOf: (counts: PickupCounts) => ListedFiles | undefined,
  before = '',
): ReportSection {
  const { named, more } = filesOfFeeds(pickups, listOf);
  const isOfMany = Object.values(pickups).filter((counts) => listOf(counts) !== undefined).length > 1;
  const lines = [
    ...named.map(({ object, reason, feeds }) => {
      const of = feeds.length > 1 ? ` (feeds: ${feeds.join(', ')})` : '';
      return { name: object, text: `${before}${reason}${of}` };
    }),
    ...more.map(({ files, feeds }) => ({ text: `and ${grouped(files)} more${isOfMany ? ` of ${feeds.join(', ')}` : ''}` })),
  ];
  return { heading, columns: [], rows: [], lines };
}

/** What processing did with the staged rows of each feed. Keys that went are a column where some did. */
export function feedSection(feeds: Readonly<Record<string, FeedCounts>>): ReportSection {
  const all = Object.entries(feeds);
  const deletes = all.some(([, { deleted = 0 }]) => deleted > 0);
  return {
    heading: 'Staging to bulk',
    columns: [
      ...['feed', 'loads', 'inserted', 'updated', ...(deletes ? ['deleted'] : [])],
      ...['unchanged', 'superseded', 'outdated', 'left out'],
    ],
    rows: all
      .filter(([, { loads }]) => loads > 0)
      .map(([feed, { loads, inserted, updated, deleted = 0, unchanged, superseded, outdated, leftOut }]) => [
        feed,
        ...[loads, inserted, updated, ...(deletes ? [deleted] : []), unchanged, superseded, outdated, leftOut].map(grouped),
      ]),
    lines: all.flatMap(([feed, { refused = 0 }]) =>
      refused === 0
        ? []
        : [
            {
              text: `${feed}: ${counted(refused, 'file was', 'files were')} refused, because of too many deleted keys. To see why, run: strata quarantine list --feed ${feed}`,
            },
          ],
    ),
  };
}

/** Rows inserted into the vault in all. */
export function vaultSection(vault: Readonly<Record<string, number>>): ReportSection {
  const tables = Object.values(vault);
  const filled = tables.filter((rows) => rows > 0);
  const total = filled.reduce((sum, rows) => sum + rows, 0);
  const text = `${counted(total, 'row')} into ${filled.length} of ${counted(tables.length, 'table')}`;
  return { heading: 'Bulk to vault', columns: [], rows: [], lines: filled.length === 0 ? [] : [{ text }] };
}

/** The marts that changed, and how many did not need to. */
export function martSection(marts: Readonly<Record<string, MartCounts>>): ReportSection {
  const all = Object.entries(marts);
  const changed = all.filter(([, { mode }]) => mode !== 'current');
  const current = all.length - changed.length;
  return {
    heading: 'Bulk to bus',
    columns: ['mart', 'how', 'keys', 'rows'],
    rows: changed.map(([mart, { mode, keys, rows }]) => [mart, mode, grouped(keys), grouped(rows)]),
    lines: current === 0 ? [] : [{ text: `${current} of ${counted(all.length, 'mart')} already up to date` }],
  };
}

/** The run of the processed bucket, where there is one. */
export function processedSection({ run, tables, behind }: ProcessedResult): ReportSection {
  return {
    heading: 'Bus to processed bucket',
    columns: ['table', 'rows', 'bytes'],
    rows: tables.map(({ name, rows, bytes }) => [name, grouped(rows), byteSize(bytes)]),
    lines: [
      ...(run === null ? [] : [{ text: `run ${run}` }]),
      ...(behind
        ? [
            {
              text: `nothing was written, for the bucket has runs of the lake up to ${behind.needs}, and the warehouse is at ${behind.has}`,
            },
          ]
        : []),
    ],
  };
}

/** The files that exports wrote. */
export function exportSection(exports: Readonly<Record<string, ExportResult>>): ReportSection {
  return {
    heading: 'Bus to files',
    columns: ['export', 'rows', 'bytes', 'file'],
    rows: Object.entries(exports).map(([name, { key, rows, bytes, parts = 1, changed }]) => [
      name,
      grouped(rows),
      byteSize(bytes),
      changed ? `${key}${parts > 1 ? ` and ${counted(parts - 1, 'more part')}` : ''}` : 'as it was',
    ]),
    lines: [],
  };
}

/** The marts and files by date, each with the dates that were written. */
export function outputSection({ byOutput, current, otherDates: { dates, first }, failed = [] }: OutputsDone): ReportSection {
  const bad = listOf(failed.flatMap(datesOf));
  const more = dates - first.length;
  return {
    heading: 'Outputs by date',
    columns: ['output', 'written', 'as it was', 'failed', 'rows', 'bytes'],
    rows: Object.entries(byOutput).map(([output, { written, same, failed, rows, bytes }]) => [
      output,
      ...[written, same, failed, rows].map(grouped),
      bytes > 0 ? byteSize(bytes) : '',
    ]),
    lines: [
      ...(bad.dates > 0 ? [{ text: `an output failed for ${counted(bad.dates, 'date')}: ${listText(bad)}` }] : []),
      ...(current > 0 ? [{ text: `${counted(current, 'output')} of these dates already up to date` }] : []),
      ...(dates > 0
        ? [{ text: `${counted(dates, 'other date')} written again: ${first.join(', ')}${more > 0 ? ` and ${grouped(more)} more` : ''}` }]
        : []),
    ],
  };
}

/** What a list of files leaves out: those that were loaded before, and those that were not there to be read. Empty when nothing was. */
export function otherFiles({ before, gone, replaced }: PickupCounts): string {
  return [
    ...(before > 0 ? [`${counted(before, 'file')} loaded before`] : []),
    ...(gone > 0 ? [`${counted(gone, 'file')} vanished before being read`] : []),
    ...(replaced > 0 ? [`${counted(replaced, 'file')} replaced before being read`] : []),
  ].join(', ');
}

/** Markdown: a key as code, on one line, so that nothing in it is a link or a heading. */
export function asCode(key: string): string {
  return `\`${key.replaceAll('`', "'").replace(/[\r\n\u2028\u2029]/g, ' ')}\``;
}
