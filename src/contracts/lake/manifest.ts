/** The manifest of a run of an extract: written last, it makes the run exist. Objects that no manifest names are read by nobody. */
import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();

export const manifestKinds = ['incremental', 'full', 'corrected'] as const;

export const lakeObject = z.object({
  /** Below the lake's address. */
  key: z.string().min(1),
  /** Without the header. */
  rows: count,
  /** Of the object as it is stored. */
  bytes: count,
  /** Hexadecimal, of the object as it is stored. */
  sha256,
});

const lakeColumn = z.object({
  name: z.string().min(1),
  /** As the source's own format_type writes it, such as `numeric(10,2)`. */
  type: z.string().min(1),
  nullable: z.boolean(),
});

const lakeTable = z.object({
  name: z.string().min(1),
  /** In the order of the objects' headers. */
  columns: z.array(lakeColumn),
  schema_sha256: sha256,
  /** The greatest last_updated that was extracted before and by this run, with the source's own digits; null where there is none. */
  mark_before: z.string().nullable(),
  mark_after: z.string().nullable(),
  rows: count,
  /** In the order of their parts; none where no row changed. */
  objects: z.array(lakeObject),
  /** Why the table was not extracted; null where it was. */
  left_out: z.string().min(1).nullable(),
});

export const manifestSchema = z.object({
  run: z.int().positive(),
  kind: z.enum(manifestKinds),
  /** ISO 8601 in UTC, with a Z. */
  snapshot_at: z.iso.datetime({ precision: 6 }),
  /** Of a corrected run: that of the run before it. Big numbers are texts, for a double would round them. */
  source: z.object({ system_identifier: z.string().regex(/^\d+$/), timeline: z.int().positive(), xmin: z.string().regex(/^\d+$/) }),
  tables: z.array(lakeTable),
});

export type LakeManifest = Readonly<z.infer<typeof manifestSchema>>;
export type LakeTable = Readonly<z.infer<typeof lakeTable>>;
export type LakeColumn = Readonly<z.infer<typeof lakeColumn>>;
export type LakeObject = Readonly<z.infer<typeof lakeObject>>;

/** The folder of manifests below the lake's address. */
export const manifestFolder = '_runs/';

/** Ten digits, so that keys sort as numbers do. */
export function runText(run: number): string {
  return String(run).padStart(10, '0');
}

export function manifestKey(run: number): string {
  return `${manifestFolder}${runText(run)}.json`;
}

/** The run of a manifest's key below the lake's address; undefined for another object's key. */
export function runOfManifest(key: string): number | undefined {
  const [, digits] = /^_runs\/(\d{10})\.json$/.exec(key) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** The key of an object: `sales_order/2026/03/01/run=0000000007/sales_order-00000.csv.gz`. The snapshot's date is in UTC. */
export function objectKey({ table, date, run, part }: { table: string; date: string; run: number; part: number }): string {
  return `${table}/${date.replaceAll('-', '/')}/run=${runText(run)}/${table}-${String(part).padStart(5, '0')}.csv.gz`;
}

export function writeManifest(manifest: LakeManifest): string {
  return `${JSON.stringify(manifest)}\n`;
}

/** Throws where the text is not a manifest, with what is wrong in it. The message never holds values of rows. */
export function parseManifest(text: string): LakeManifest {
  return manifestSchema.parse(JSON.parse(text));
}
