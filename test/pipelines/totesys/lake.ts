import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** A row of the source, NULL as null. */
export type Row = Readonly<Record<string, string | null>>;
/** The rows of some tables, each in its objects. */
export type Tables = Readonly<Record<string, readonly (readonly Row[])[]>>;

/** Writes runs as an extract would, by hand. */
export class LakeFolder {
  #run = 0;

  constructor(private readonly folder: string) {}

  /** Objects and their manifest; returns the run's number. */
  write(tables: Tables, { from = 'incremental', manifest = true } = {}): number {
    const run = this.#run + 1;
    const digits = String(run).padStart(10, '0');
    const named = Object.entries(tables).map(([name, objects]) => {
      const columns = Object.keys(objects.flat()[0] ?? {});
      return {
        name,
        columns: columns.map((column) => ({ name: column, type: 'text', nullable: true })),
        schema_sha256: sha256(columns.join()),
        mark_before: null,
        mark_after: null,
        rows: objects.flat().length,
        objects: objects.map((rows, part) => {
          const key = `${name}/2026/03/01/run=${digits}/${name}-${String(part).padStart(5, '0')}.csv.gz`;
          const bytes = gzipSync([columns, ...rows.map((row) => columns.map((column) => row[column] ?? null))].map(csvLine).join(''));
          this.#put(key, bytes);
          return { key, rows: rows.length, bytes: bytes.length, sha256: sha256(bytes) };
        }),
        left_out: null,
      };
    });
    // Without a manifest they are what a run that died left.
    if (!manifest) return run;
    const source = { system_identifier: '7000000000000000001', timeline: 1, xmin: '700' };
    const text = JSON.stringify({ run, kind: from, snapshot_at: '2026-03-01T10:00:00.000000Z', source, tables: named });
    this.#put(`_runs/${digits}.json`, Buffer.from(text));
    this.#run = run;
    return run;
  }

  #put(key: string, bytes: Buffer): void {
    const file = join(this.folder, key);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
}

function csvLine(fields: readonly (string | null)[]): string {
  return `${fields.map(csvField).join(',')}\n`;
}

/** As PostgreSQL's COPY writes it. */
function csvField(text: string | null): string {
  if (text === null) return '';
  return text === '' || /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
