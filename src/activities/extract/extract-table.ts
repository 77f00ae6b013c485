import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { putObject } from '../../connectors/lake/write-lake.js';
import { objectKey, type LakeColumn, type LakeManifest, type LakeObject } from '../../contracts/lake/manifest.js';
import type { ExtractTable } from '../../engine/extract/drift.js';
import { GreatestMark } from '../../engine/extract/greatest-mark.js';
import { digestOf, type RowDigests } from '../../engine/extract/row-digests.js';
import { fieldEnd, fieldsOf, RowSplitter } from '../../engine/extract/row-splitter.js';
import { headerOf, selectRows } from '../../engine/extract/select-rows.js';
import type { SourceSnapshot } from '../../engine/extract/source-snapshot.js';
import type { ReadWay } from '../../engine/extract/table-read.js';
import { wholeId, windowSince } from '../../engine/extract/version-window.js';
import type { ObjectStore } from '../../engine/object-store.js';
import { StrataError } from '../../engine/strata-error.js';
import { versionKey, type RowVersion } from '../../gear/extracts/extract-state.js';
import { digestsOf, shareOf, sharesOf, tableIn } from './lake-rows.js';
import { PartWriter } from './part-writer.js';

export interface TableWork {
  readonly snapshot: SourceSnapshot;
  readonly lake: ObjectStore;
  readonly run: number;
  readonly table: ExtractTable;
  readonly columns: readonly LakeColumn[];
  readonly way: ReadWay;
  /** Of the last time, for `changed`. */
  readonly since: bigint;
  readonly mark: string | null;
  /** Row versions that are in the lake, for `changed`. */
  readonly known: ReadonlySet<string>;
  /** For `compared`. */
  readonly manifests: () => Promise<readonly LakeManifest[]>;
  /** A folder of the worker's machine. */
  readonly folder: string;
  readonly partBytes: number;
  readonly signal: AbortSignal;
  readonly onRows: (rows: number) => void;
  /** Nothing more is read of the source, though rows may still have to be written. */
  readonly onRead: () => Promise<void>;
  /** Tests stop it there. */
  readonly step: (name: string) => Promise<void>;
}

export interface ReadRows {
  readonly rows: number;
  readonly objects: readonly LakeObject[];
  readonly mark: string | null;
  /** Rows that the next run sees as changed once more. */
  readonly versions: readonly RowVersion[];
  /** Rows whose mark is more than five minutes after the snapshot. */
  readonly future: number;
}

/** Reads a table's rows in the snapshot, and writes those into the lake that it lacks. */
export async function extractTable(work: TableWork): Promise<ReadRows> {
  const { snapshot, lake, run, table, columns, folder, partBytes, signal, step } = work;
  const own = join(folder, 'rows');
  await mkdir(own, { recursive: true });
  const objects: LakeObject[] = [];
  let part = 0;
  const writer = new PartWriter({
    folder: own,
    header: headerOf(columns),
    partBytes,
    take: async (made) => {
      await step(`before ${table.name} ${part}`);
      const keyOf = (free: number) => objectKey({ table: table.name, date: snapshot.facts.at.slice(0, 10), run, part: free });
      const { object, next } = await putObject(lake, keyOf, part, made, signal);
      objects.push(object);
      part = next;
      await step(`after ${table.name} ${part}`);
    },
  });
  const rows = new RowTaker(work, writer);
  try {
    const lakeTables = work.way === 'compared' ? tableIn(await work.manifests(), table.name) : [];
    const shares = sharesOf(lakeTables);
    for (let share = 0; share < shares; share += 1) {
      if (lakeTables.length > 0) {
        const digests = await digestsOf(lake, lakeTables, { columns, key: rows.key, share, shares }, signal);
        rows.compareWith(digests, share, shares);
      }
      await readAll(work, rows, writer);
    }
    await work.onRead();
    await writer.end();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
  return { rows: rows.written, objects, mark: rows.mark.text, versions: rows.versions, future: rows.mark.future };
}

async function readAll({ snapshot, table, columns, way, since, onRows }: TableWork, rows: RowTaker, writer: PartWriter): Promise<void> {
  const { facts } = snapshot;
  const changes = way === 'changed' ? windowSince(since, facts) : undefined;
  const splitter = new RowSplitter((bytes, start, end) => rows.take(bytes, start, end));
  for await (const piece of snapshot.copy(selectRows(snapshot, { table, columns, changes, facts }), table.name)) {
    splitter.push(piece);
    await writer.drain();
    onRows(rows.written);
  }
  if (!splitter.isAtEnd) throw new StrataError('unavailable', `reading ${table.name}: the last row is not whole`);
}

/** Decides of each row whether the lake lacks it, and notes what the next run has to know. */
class RowTaker {
  written = 0;
  readonly versions: RowVersion[] = [];
  /** Places of the key's columns in the object. */
  readonly key: readonly number[];
  private readonly xmin: bigint;
  private readonly xmax: bigint;
  readonly mark: GreatestMark;
  private compared: { readonly digests: RowDigests; readonly share: number; readonly shares: number } | undefined;

  constructor(
    private readonly work: Pick<TableWork, 'snapshot' | 'columns' | 'table' | 'known' | 'mark'>,
    private readonly writer: PartWriter,
  ) {
    const { facts } = work.snapshot;
    this.xmin = facts.xmin;
    this.xmax = facts.xmax;
    this.key = work.table.key.map((name) => work.columns.findIndex((column) => column.name === name));
    this.mark = new GreatestMark(facts.at, work.mark);
  }

  compareWith(digests: RowDigests, share: number, shares: number): void {
    this.compared = { digests, share, shares };
  }

  take(bytes: Buffer, start: number, end: number): void {
    const versionEnd = bytes.indexOf(0x2c, start);
    const markEnd = fieldEnd(bytes, versionEnd + 1, end);
    const body = markEnd + 1;
    if (this.compared) {
      const { digests, share, shares } = this.compared;
      const digest = digestOf(fieldsOf(bytes, body, end, this.key), bytes.subarray(body, end));
      if (shareOf(digest, shares) !== share) return;
      if (versionEnd > start) this.remember(bytes, start, versionEnd, body, end);
      if (digests.has(digest)) return;
    } else if (versionEnd > start && !this.remember(bytes, start, versionEnd, body, end)) return;
    this.mark.note(bytes, versionEnd + 1, markEnd);
    this.writer.add(bytes, body, end);
    this.written += 1;
  }

  /** Keeps the version where the next run may see it again. False when the lake has it. */
  private remember(bytes: Buffer, start: number, versionEnd: number, body: number, end: number): boolean {
    const xid = wholeId(Number(bytes.toString('latin1', start, versionEnd)), this.xmax);
    const isOpen = xid >= this.xmin;
    if (!isOpen && this.work.known.size === 0) return true;
    const keyHash = createHash('sha256')
      .update(fieldsOf(bytes, body, end, this.key))
      .digest()
      .subarray(0, 16);
    if (this.work.known.has(versionKey({ keyHash, xid }))) return false;
    if (isOpen) this.versions.push({ keyHash, xid });
    return true;
  }
}
