/** The manifest of a run of a processed bucket: written last, it makes the run exist. Objects that no manifest names are read by nobody. */
import { z } from 'zod';
import { lakeObject, runText } from './manifest.js';

const processedTable = z.object({
  /** The mart's, without its schema. */
  name: z.string().min(1),
  /** facts: new rows, and those that are the newest again; dimension: rows as they now are. */
  kind: z.enum(['facts', 'dimension']),
  /** A later row of a key takes the place of an earlier one. */
  key: z.array(z.string().min(1)).min(1),
  /** In the order of the objects', with the types of the warehouse. */
  columns: z.array(z.object({ name: z.string().min(1), type: z.string().min(1) })),
  rows: z.int().positive(),
  /** In the order in which they are to be read. */
  objects: z.array(lakeObject).min(1),
});

export const processedManifestSchema = z.object({
  run: z.int().positive(),
  /** When its rows were read. ISO 8601 in UTC, by the clock of the warehouse. */
  read_at: z.iso.datetime({ precision: 6 }),
  /** The runs of the lake that are whole in the bucket with this run, and were not before; null where it completes none. */
  ingest: z.object({ first: z.int().positive(), last: z.int().positive() }).nullable(),
  /** Those with rows. */
  tables: z.array(processedTable),
});

export type ProcessedManifest = Readonly<z.infer<typeof processedManifestSchema>>;
export type ProcessedManifestTable = Readonly<z.infer<typeof processedTable>>;

/** The key of an object: `fact_payment/run=0000000007/part-00000.snappy.parquet`. */
export function processedKey({ table, run, part }: { table: string; run: number; part: number }): string {
  return `${table}/run=${runText(run)}/part-${String(part).padStart(5, '0')}.snappy.parquet`;
}

export function writeProcessedManifest(manifest: ProcessedManifest): string {
  return `${JSON.stringify(manifest)}\n`;
}

/** Throws where the text is not a manifest, with what is wrong in it. The message never holds values of rows. */
export function parseProcessedManifest(text: string): ProcessedManifest {
  return processedManifestSchema.parse(JSON.parse(text));
}
