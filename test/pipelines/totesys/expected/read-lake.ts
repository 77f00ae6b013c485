import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Of the specification alone: nothing here is of Strata's code. */
export type Source = Readonly<Record<string, string | null>>;

export interface Delivered {
  readonly run: number;
  readonly table: string;
  readonly key: string;
  /** The header is line 1. */
  readonly line: number;
  readonly row: Source;
}

/** The rows of a lake in the order of runs, objects and lines, as far as manifests without a gap name them. */
export function readLake(folder: string): Delivered[] {
  const rows: Delivered[] = [];
  for (let run = 1; ; run++) {
    const file = join(folder, '_runs', `${String(run).padStart(10, '0')}.json`);
    if (!existsSync(file)) return rows;
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as { tables: { name: string; objects: { key: string }[] }[] };
    for (const { name: table, objects } of manifest.tables)
      for (const { key } of objects) rows.push(...rowsOf(gunzipSync(readFileSync(join(folder, key))).toString(), { run, table, key }));
  }
}

function rowsOf(text: string, of: Pick<Delivered, 'run' | 'table' | 'key'>): Delivered[] {
  const [header, ...records] = recordsOf(text);
  return records.map(({ fields, line }) => ({
    ...of,
    line,
    row: Object.fromEntries(header!.fields.map((name, place) => [name!, fields[place] ?? null])),
  }));
}

interface CsvRecord {
  readonly line: number;
  readonly fields: (string | null)[];
}

/** PostgreSQL's CSV, character by character: a field without quotes that is empty is NULL. */
function recordsOf(text: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const record: CsvRecord = { line, fields: [] };
    for (;;) {
      if (text[at] === '"') {
        let value = '';
        for (at += 1; text[at] !== '"' || text[at + 1] === '"'; at++) {
          if (text[at] === '"') at += 1;
          if (text[at] === '\n') line += 1;
          value += text[at];
        }
        at += 1;
        record.fields.push(value);
      } else {
        const end = at + text.slice(at).search(/[,\n]/);
        record.fields.push(end === at ? null : text.slice(at, end));
        at = end;
      }
      if (text[at++] === '\n') break;
    }
    line += 1;
    records.push(record);
  }
  return records;
}
