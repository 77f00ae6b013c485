import { byteSize, grouped } from '../../../contracts/format-numbers.js';
import { ago, utc } from '../../../contracts/format-times.js';
import type { CompiledPipeline } from '../../../engine/compiled-pipeline.js';
import type { Export } from '../../../engine/exports/export.js';
import type { Warehouse } from '../../../engine/warehouse.js';
import { placeOf, placesOf } from '../../../gear/outputs/export-parts.js';
import { newestOutputs } from '../../../gear/outputs/dated-outputs.js';
import { writtenExports, type WrittenFile } from '../../../gear/outputs/exports.js';
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
  readonly written: Written | undefined;
}

interface Written {
  /** The address of part 0. */
  readonly file: string;
  readonly parts: number;
  /** Files are being replaced, or were when a worker died. */
  readonly isChanging: boolean;
  readonly rows: number;
  readonly bytes: number;
  readonly writtenAt: string;
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
    ['pipeline', 'export', 'date', 'rows', 'bytes', 'parts', 'written', 'file'],
    listed.map(({ pipeline, export: { name: each, to }, date, written }) => [
      pipeline,
      each,
      date ?? '',
      written ? grouped(written.rows) : '',
      written ? byteSize(written.bytes) : '',
      written ? grouped(written.parts) : '',
      ago(utc(written?.writtenAt)),
      written?.file ?? to,
    ]),
  );
  for (const { export: each, date, written } of listed)
    if (written?.isChanging)
      cli.out.note(
        `${each.name}${date === null ? '' : ` of ${date}`}: its files are being replaced now, or a worker died while it replaced them. The next run writes them again`,
      );
}

async function plainExports(warehouse: Warehouse, { definition, exports }: CompiledPipeline): Promise<Listed[]> {
  const pipeline = definition.name;
  const written = await writtenExports(warehouse, pipeline);
  const places = await placesOf(warehouse, [...written.values()].map(placeOfFile));
  return exports.map((each) => {
    const last = written.get(each.name);
    return { pipeline, export: each, date: null, written: last && { ...last, ...filesOf(last, places) } };
  });
}

function placeOfFile({ storeUrl, key }: WrittenFile): Buffer {
  return placeOf(storeUrl, key);
}

function filesOf(file: WrittenFile, places: Awaited<ReturnType<typeof placesOf>>): Pick<Written, 'file' | 'parts'> {
  return { file: `${file.storeUrl}${file.key}`, parts: places.get(placeOfFile(file).toString('hex')) ?? 1 };
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
    const places = await placesOf(
      warehouse,
      newest.flatMap(({ file }) => (file ? [placeOfFile(file)] : [])),
    );
    for (const { date: of, file, rows, isChanging, writtenAt } of newest)
      if (file)
        listed.push({
          ...{ pipeline, export: output.file, date: of },
          written: { ...filesOf(file, places), rows, bytes: file.bytes, isChanging, writtenAt },
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
    parts: written?.parts ?? null,
    writtenAt: utc(written?.writtenAt)?.toISOString() ?? null,
  };
}
