import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { csvRow } from '../../engine/exports/csv-row.js';
import type { Export } from '../../engine/exports/export.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Warehouse } from '../../engine/warehouse.js';

export interface RowsWork {
  readonly warehouse: Warehouse;
  readonly export: Export;
  /** Called with the number of rows so far, now and then. */
  readonly onRows: (rows: number) => void;
}

export interface WrittenRows {
  readonly rows: number;
  /** SHA-256 of the rows as CSV, however they are cut into files. */
  readonly digest: Buffer;
  /** Of CSV the parts; otherwise one file without header. */
  readonly files: readonly string[];
}

/** Rows between two checks for cancellation, and between two progress reports. */
const stride = 10_000;

/** Writes the rows as CSV into the folder: with a header line, and in parts, where CSV is what is wanted. */
export async function writeRows({ warehouse, export: each, onRows }: RowsWork, folder: string, signal: AbortSignal): Promise<WrittenRows> {
  const isCsv = each.format === 'csv';
  const header = isCsv ? csvRow(each.columns.map(({ name }) => name)) : '';
  const hash = createHash('sha256').update(header);
  const out = new CsvFiles(folder, header, (isCsv ? each.partBytes : null) ?? Number.POSITIVE_INFINITY, hash);
  let rows = 0;
  try {
    for await (const row of warehouse.stream(each.rows, [], { signal })) {
      if (rows === 0 && row.length !== each.columns.length) throw wrongColumns(each, row.length);
      const full = out.add(csvRow(row));
      if (full) await full;
      rows += 1;
      if (rows % stride === 0) {
        await out.flush();
        onRows(rows);
      }
    }
    await out.close();
  } finally {
    out.destroy();
  }
  return { rows, digest: hash.digest(), files: out.files };
}

/** One file after the other, each with the header, and of at most `limit` bytes unless its only row has more. */
class CsvFiles {
  readonly files: string[] = [];
  private out: WriteStream;
  private failed: Promise<never>;
  private lines: string[] = [];
  /** Of the file, with the lines that wait. */
  private bytes: number;

  constructor(
    private readonly folder: string,
    private readonly header: string,
    private readonly limit: number,
    private readonly hash: Hash,
  ) {
    [this.out, this.failed] = this.open();
    this.bytes = Buffer.byteLength(header);
  }

  /** Returns a promise where the row begins another file. */
  add(line: string): Promise<void> | undefined {
    const size = this.limit === Number.POSITIVE_INFINITY ? 0 : Buffer.byteLength(line);
    const isFull = this.bytes + size > this.limit && this.bytes > Buffer.byteLength(this.header);
    const begun = isFull ? this.close().then(() => this.next(line, size)) : undefined;
    if (!isFull) this.take(line, size);
    return begun;
  }

  async flush(): Promise<void> {
    const text = this.lines.join('');
    this.lines = [];
    this.hash.update(text);
    if (!this.out.write(text)) await Promise.race([once(this.out, 'drain'), this.failed]);
  }

  async close(): Promise<void> {
    await this.flush();
    this.out.end();
    await Promise.race([finished(this.out), this.failed]);
  }

  destroy(): void {
    this.out.destroy();
  }

  private next(line: string, size: number): void {
    [this.out, this.failed] = this.open();
    this.bytes = Buffer.byteLength(this.header);
    this.take(line, size);
  }

  private take(line: string, size: number): void {
    this.lines.push(line);
    this.bytes += size;
  }

  private open(): [WriteStream, Promise<never>] {
    const file = join(this.folder, `rows-${this.files.length}.csv`);
    this.files.push(file);
    const out = createWriteStream(file);
    const failed = once(out, 'error').then(([error]) => {
      throw error;
    });
    failed.catch(() => undefined);
    if (this.header !== '') out.write(this.header);
    return [out, failed];
  }
}

function wrongColumns({ path, rowsLine, columns }: Export, found: number): StrataError {
  return new StrataError('definition', `${path}:${rowsLine}: the select has ${found} columns, and \`-- columns\` ${columns.length}`);
}
