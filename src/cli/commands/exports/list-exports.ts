import { byteSize, grouped } from '../../../contracts/format-numbers.js';
import { ago, utc } from '../../../contracts/format-times.js';
import type { CompiledPipeline } from '../../../engine/compiled-pipeline.js';
import type { Export } from '../../../engine/exports/export.js';
import type { Warehouse } from '../../../engine/warehouse.js';
import { newestOutputs } from '../../../gear/outputs/dated-outputs.js';
import { writtenExports } from '../../../gear/outputs/exports.js';
import { pipelinesOf, type Cli } from '../../cli.js';

export interface ListOptions {
  readonly json?: boolean;
  readonly date?: string;
  readonly dates: number;
}

interface Listed {
  readonly pipeline: string;
  readonly export: Export;
  readonly date: string | null;
  /** Undefined where nothing was written. */
  readonly written: { readonly file: string; readonly rows: number; readonly bytes: number; readonly writtenAt: string } | undefined;
}

export async function listExports(cli: Cli, name: string | undefined, options: ListOptions): Promise<void> {
  const project = await cli.project({ warehouse: true });
  const listed = await cli.withWarehouse(project, async (warehouse) => {
    const all: Listed[] = [];
    for (const pipeline of pipelinesOf(project, name))
      all.push(...(await plainExports(warehouse, pipeline)), ...(await datedExports(warehouse, pipeline, options)));
    return all;
  });
  if (options.json) return cli.out.json(listed.map(asJson));
  if (listed.length === 0)
    return cli.out.prose('no pipeline has exports. To make one, put a .sql file into the folder exports of its SQL folder');
  cli.out.table(
    ['pipeline', 'export', 'date', 'rows', 'bytes', 'written', 'file'],
    listed.map(({ pipeline, export: { name: each, to }, date, written }) => [
      pipeline,
      each,
      date ?? '',
      written ? grouped(written.rows) : '',
      written ? byteSize(written.bytes) : '',
      ago(utc(written?.writtenAt)),
      written?.file ?? to,
    ]),
  );
}

async function plainExports(warehouse: Warehouse, { definition, exports }: CompiledPipeline): Promise<Listed[]> {
  const pipeline = definition.name;
  const written = await writtenExports(warehouse, pipeline);
  return exports.map((each) => {
    const last = written.get(each.name);
    return { pipeline, export: each, date: null, written: last && { ...last, file: `${last.storeUrl}${last.key}` } };
  });
}

/** The newest dates of each, newest first; one that was never written is listed all the same. */
async function datedExports(
  warehouse: Warehouse,
  { definition, datedOutputs }: CompiledPipeline,
  { date, dates }: ListOptions,
): Promise<Listed[]> {
  const pipeline = definition.name;
  const listed: Listed[] = [];
  for (const output of datedOutputs) {
    if (output.kind !== 'dated-export') continue;
    const newest = await newestOutputs(warehouse, pipeline, output.output, { date, limit: dates });
    if (newest.length === 0) listed.push({ pipeline, export: output.file, date: date ?? null, written: undefined });
    for (const { date: of, file, rows, writtenAt } of newest)
      listed.push({
        ...{ pipeline, export: output.file, date: of },
        written: { file: `${file?.storeUrl ?? ''}${file?.key ?? ''}`, rows, bytes: file?.bytes ?? 0, writtenAt },
      });
  }
  return listed;
}

function asJson({ pipeline, export: { name, format, description, to }, date, written }: Listed) {
  return {
    pipeline,
    export: name,
    date,
    format,
    description,
    file: written?.file ?? null,
    key: to,
    rows: written?.rows ?? null,
    bytes: written?.bytes ?? null,
    writtenAt: utc(written?.writtenAt)?.toISOString() ?? null,
  };
}
