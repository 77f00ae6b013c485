import type { Command } from 'commander';
import { runOfManifest } from '../../../contracts/lake/manifest.js';
import { byteSize, grouped } from '../../../contracts/format-numbers.js';
import type { PipelineDefinition } from '../../../engine/definition/types.js';
import { answerOfKey } from '../../../engine/extract/requests.js';
import type { ObjectStore } from '../../../engine/object-store.js';
import { lastRunOf, manifestsOf } from '../../../connectors/lake/read-lake.js';
import { projectStores } from '../../../config/project-stores.js';
import { StrataError } from '../../../engine/strata-error.js';
import { pipelineOf, type Cli } from '../../cli.js';
import { atLeastOne, withJson } from '../../grammar.js';
import { databaseExtractOf } from './extract.js';

interface Options {
  readonly json?: boolean;
  readonly extract?: string;
}

/** `strata lake ...`: what an extract has written. */
export function lakeCommand(lake: Command, cli: Cli): void {
  const about = <More extends Options>(
    name: string,
    description: string,
    act: (store: ObjectStore, options: More, definition: PipelineDefinition) => Promise<void>,
  ) =>
    withJson(lake.command(name).description(description), [`strata lake ${name} totesys`])
      .argument('<pipeline>', 'the pipeline')
      .option('--extract <name>', 'the extract, where the pipeline has several')
      .action(async (pipeline: string, options: More) => {
        const project = await cli.project();
        const { definition } = pipelineOf(project, pipeline);
        const { into } = databaseExtractOf(definition, options.extract);
        const address = project.settings.environment[into];
        if (address === undefined) throw new StrataError('misconfigured', `${into} is not set. Set it to the address of the lake`);
        await act(projectStores(project).open(address), options, definition);
      });

  about<Options & { readonly limit: number }>('runs', 'list the last runs of the lake, newest first', async (store, { json, limit }) => {
    const last = await lastRunOf(store);
    const manifests = (await manifestsOf(store, Math.max(1, last - limit + 1), last)).reverse();
    if (json) return cli.out.json(manifests);
    if (last === 0) return cli.out.prose(`${store.url} has no run yet`);
    cli.out.table(
      ['run', 'kind', 'snapshot (UTC)', 'rows', 'objects', 'bytes', 'tables with changes', 'left out'],
      manifests.map(({ run, kind, snapshot_at: at, tables }) => {
        const objects = tables.flatMap((table) => table.objects);
        return [
          ...[run, kind, at.slice(0, 19).replace('T', ' '), grouped(sum(tables.map(({ rows }) => rows))), objects.length],
          byteSize(sum(objects.map(({ bytes }) => bytes))),
          tables
            .filter(({ rows }) => rows > 0)
            .map(({ name }) => name)
            .join(', '),
          tables
            .filter(({ left_out: leftOut }) => leftOut !== null)
            .map(({ name }) => name)
            .join(', '),
        ];
      }),
    );
  }).option('--limit <n>', 'how many runs', atLeastOne, 20);

  about('sweep', 'list objects that no manifest names, and delete none', async (store, { json }, { extracts = [] }) => {
    // Answers of servers are whole by themselves.
    const servers = extracts.filter(({ kind }) => kind === 'http').map(({ name }) => name);
    const last = await lastRunOf(store);
    const named = new Set(
      (await manifestsOf(store, 1, last)).flatMap(({ tables }) => tables.flatMap(({ objects }) => objects.map(({ key }) => key))),
    );
    const left: { readonly key: string; readonly bytes: number; readonly lastModified: string; readonly run: number | null }[] = [];
    for await (const page of store.list({ recursive: true, unsettled: true }))
      for (const { key: whole, size, lastModified } of page) {
        const key = store.relativeKey(whole);
        if (named.has(key) || runOfManifest(key) !== undefined || servers.some((name) => answerOfKey(name, key))) continue;
        const run = /\/run=(\d{10})\//.exec(key)?.[1];
        left.push({ key, bytes: size, lastModified, run: run === undefined ? null : Number(run) });
      }
    if (json) return cli.out.json(left);
    if (left.length === 0) return cli.out.prose(`every object of ${store.url} is named by a manifest`);
    cli.out.table(
      ['object', 'bytes', 'written (UTC)', ''],
      left.map(({ key, bytes, lastModified, run }) => [
        ...[key, byteSize(bytes), lastModified.slice(0, 19).replace('T', ' ')],
        run !== null && run > last ? 'its run may be under way' : '',
      ]),
    );
    cli.out.prose(
      'Attempts that ended early have left these objects. Nothing reads them. You may delete those of ended runs with the tools of the store',
    );
  });
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
