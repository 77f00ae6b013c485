import type { Command } from 'commander';
import { byteSize, grouped } from '../../../contracts/format-numbers.js';
import { answerOfKey } from '../../../engine/extract/requests.js';
import { runOfManifest } from '../../../contracts/lake/manifest.js';
import { lastRunOf, manifestsOf, processedRuns } from '../../../connectors/lake/read-lake.js';
import type { Cli } from '../../cli.js';
import { atLeastOne, withJson } from '../../grammar.js';
import { bucketsOf, ingestOf, processedOf, type Bucket } from './buckets.js';
import { rebuildCommand } from './rebuild.js';
import { verifyCommand } from './verify.js';

interface Options {
  readonly json?: boolean;
  readonly extract?: string;
}

/** `strata lake ...`: what an extract has written, and what was written from its marts. */
export function lakeCommand(lake: Command, cli: Cli): void {
  runsCommand(lake.command('runs'), cli);
  sweepCommand(lake.command('sweep'), cli);
  verifyCommand(lake.command('verify'), cli);
  rebuildCommand(lake.command('rebuild'), cli);
}

function runsCommand(command: Command, cli: Cli): void {
  withJson(command.description('list the last runs of the lake, or of the processed bucket, newest first'), [
    'strata lake runs totesys',
    'strata lake runs totesys --processed',
  ])
    .argument('<pipeline>', 'the pipeline')
    .option('--extract <name>', 'the extract, if the pipeline has several')
    .option('--limit <n>', 'how many runs', atLeastOne, 20)
    .option('--processed', 'list the runs of the processed bucket')
    .action(async (pipeline: string, options: Options & { readonly limit: number; readonly processed?: boolean }) => {
      const project = await cli.project();
      await (options.processed
        ? showProcessed(cli, processedOf(project, pipeline), options)
        : showIngest(cli, ingestOf(project, pipeline, options.extract), options));
    });
}

async function showIngest(
  { out }: Cli,
  { store }: Bucket,
  { json, limit }: { readonly json?: boolean; readonly limit: number },
): Promise<void> {
  const last = await lastRunOf(store);
  const manifests = (await manifestsOf(store, Math.max(1, last - limit + 1), last)).reverse();
  if (json) return out.json(manifests);
  if (last === 0) return out.prose(`${store.url} has no run yet`);
  out.table(
    ['run', 'kind', 'snapshot (UTC)', 'rows', 'objects', 'bytes', 'tables with changes', 'left out'],
    manifests.map(({ run, kind, snapshot_at: at, tables }) => [
      ...[run, kind, timeOf(at), ...sumsOf(tables)],
      tables
        .filter(({ rows }) => rows > 0)
        .map(({ name }) => name)
        .join(', '),
      tables
        .filter(({ left_out: leftOut }) => leftOut !== null)
        .map(({ name }) => name)
        .join(', '),
    ]),
  );
}

async function showProcessed(
  { out }: Cli,
  { store }: Bucket,
  { json, limit }: { readonly json?: boolean; readonly limit: number },
): Promise<void> {
  const last = await lastRunOf(store);
  const manifests = (await processedRuns.manifestsOf(store, Math.max(1, last - limit + 1), last)).reverse();
  if (json) return out.json(manifests);
  if (last === 0) return out.prose(`${store.url} has no run yet`);
  out.table(
    ['run', 'read (UTC)', 'completes runs of the lake', 'rows', 'objects', 'bytes', 'tables'],
    manifests.map(({ run, read_at: at, ingest, tables }) => [
      ...[run, timeOf(at), ingest === null ? '' : ingest.first === ingest.last ? ingest.last : `${ingest.first} to ${ingest.last}`],
      ...sumsOf(tables),
      tables.map(({ name }) => name).join(', '),
    ]),
  );
}

function sweepCommand(command: Command, cli: Cli): void {
  withJson(command.description('list objects of the lake and of the processed bucket that no manifest names (deletes nothing)'), [
    'strata lake sweep totesys',
  ])
    .argument('<pipeline>', 'the pipeline')
    .option('--extract <name>', 'the extract, if the pipeline has several')
    .action(async (pipeline: string, { json, extract }: Options) => {
      const buckets = bucketsOf(await cli.project(), pipeline, extract);
      const left: Leftover[] = [];
      for (const bucket of buckets) left.push(...(await leftoversOf(bucket)));
      if (json) return cli.out.json(left.map(({ isOpen: _isOpen, ...object }) => object));
      if (left.length === 0)
        return cli.out.prose(`every object of ${buckets.map(({ store }) => store.url).join(' and ')} is named by a manifest`);
      cli.out.table(
        ['bucket', 'object', 'bytes', 'written (UTC)', ''],
        left.map(({ bucket, key, bytes, lastModified, isOpen }) => [
          ...[bucket, key, byteSize(bytes), timeOf(lastModified)],
          isOpen ? 'its run may be under way' : '',
        ]),
      );
      cli.out.prose(
        'Attempts that ended early have left these objects. Nothing reads them. You may delete those of ended runs with the tools of the store',
      );
    });
}

interface Leftover {
  readonly bucket: Bucket['kind'];
  readonly key: string;
  readonly bytes: number;
  readonly lastModified: string;
  readonly run: number | null;
  readonly isOpen: boolean;
}

async function leftoversOf({ kind, store, servers }: Bucket): Promise<Leftover[]> {
  const last = await lastRunOf(store);
  const manifests = await (kind === 'ingest' ? manifestsOf(store, 1, last) : processedRuns.manifestsOf(store, 1, last));
  const named = new Set(manifests.flatMap(({ tables }) => tables.flatMap(({ objects }) => objects.map(({ key }) => key))));
  const left: Leftover[] = [];
  for await (const page of store.list({ recursive: true, unsettled: true }))
    for (const { key: whole, size, lastModified } of page) {
      const key = store.relativeKey(whole);
      if (named.has(key) || runOfManifest(key) !== undefined || servers.some((name) => answerOfKey(name, key))) continue;
      const digits = /\/run=(\d{10})\//.exec(key)?.[1];
      const run = digits === undefined ? null : Number(digits);
      left.push({ bucket: kind, key, bytes: size, lastModified, run, isOpen: run !== null && run > last });
    }
  return left;
}

interface CountedTable {
  readonly rows: number;
  readonly objects: readonly { readonly bytes: number }[];
}

/** Rows, objects and bytes. */
function sumsOf(tables: readonly CountedTable[]): (string | number)[] {
  const objects = tables.flatMap((table) => table.objects);
  return [grouped(sum(tables.map(({ rows }) => rows))), objects.length, byteSize(sum(objects.map(({ bytes }) => bytes)))];
}

const timeOf = (at: string): string => at.slice(0, 19).replace('T', ' ');
const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
