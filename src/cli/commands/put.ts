import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Command } from 'commander';
import type { Project } from '../../config/load-project.js';
import { openStore } from '../../connectors/open-store.js';
import { putFile } from '../../connectors/put-file.js';
import { visibleLine } from '../../contracts/escape-controls.js';
import { feedsOfKey } from '../../engine/definition/match/feeds-of-key.js';
import { partitionsOf } from '../../engine/definition/match/partitions.js';
import type { CompiledPipeline } from '../../engine/compiled-pipeline.js';
import { pipelinesOf, type Cli } from '../cli.js';
import { withJson } from '../grammar.js';
import { UsageError } from '../usage-error.js';

interface Options {
  readonly json?: boolean;
  readonly pipeline?: string;
  readonly as?: string;
}

/** `strata put`: a local file into a pipeline's source, as a producer puts it there. */
export function putCommand(command: Command, cli: Cli): void {
  withJson(command, [
    'strata put users.csv',
    'strata put export.csv --as users_2025-01-31.csv',
    'strata put leads.csv --as raw/2025-01-31/leads.csv',
    'strata put --pipeline eastrock users.csv games.csv',
  ])
    .argument('<files...>', 'local files')
    .option('--pipeline <pipeline>', 'the pipeline (default: the one whose feed matches the name)')
    .option('--as <name>', 'the name in the source, with folders if the feed has them (only for a single file)')
    .action(async (files: readonly string[], options: Options) => {
      if (options.as !== undefined && files.length > 1)
        throw new UsageError('--as gives a name to one file. Call strata put once for each of the other files');
      const project = await cli.project({ sources: true });
      // All of them are looked at before the first one is put.
      const wanted = files.map((file) => ({ file, name: options.as ?? basename(file) }));
      const targets = await Promise.all(
        wanted.map(async ({ file, name }) => ({ file, name, ...(await targetOf(project, options.pipeline, file, name)) })),
      );
      for (const { file, name, pipeline, feed } of targets) {
        const store = openStore(project.settings.environment[pipeline.definition.sourceSetting] ?? '', project.settings.environment);
        if (!(await putFile(file, store, name))) {
          throw new UsageError(
            `${visibleLine(name)} is already in ${store.url} and waits to be picked up. Use --as to give the file another name`,
          );
        }
        if (!options.json) cli.out.prose(`${visibleLine(name)} put into ${store.url} for the feed ${feed}`);
      }
      if (options.json)
        return cli.out.json(targets.map(({ file, name, pipeline, feed }) => ({ file, name, pipeline: pipeline.definition.name, feed })));
      for (const name of new Set(targets.map(({ pipeline }) => pipeline.definition.name))) {
        cli.out.prose(nextOf(targets.filter(({ pipeline }) => pipeline.definition.name === name)));
      }
    });
}

/** Who takes the files that were put, and what loads them at once; all of one pipeline. */
function nextOf(targets: readonly Target[]): string {
  const [first] = targets;
  const { name = '', schedules = {} } = first?.pipeline.definition ?? {};
  const dates = targets.map(({ date }) => date).sort();
  const [from, to] = [dates[0], dates.at(-1)];
  if (!('daily' in schedules) || from === undefined)
    return `the next pickup of ${name} takes it. To load it at once, run: strata run ${name}`;
  const options = first?.isInitial ? '--init' : from === to ? `--date ${from}` : `--from ${from} --to ${to}`;
  return `the run of its date takes it. To load it at once, run: strata run ${name} ${options}`;
}

interface Target {
  readonly pipeline: CompiledPipeline;
  readonly feed: string;
  /** Of a feed with a partition. */
  readonly date: string | undefined;
  /** All files of the feed have one date. */
  readonly isInitial: boolean;
}

/** The pipeline and the feed that take a file of this name. */
async function targetOf(project: Project, name: string | undefined, file: string, key: string): Promise<Target> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) throw new UsageError(`there is no file ${visibleLine(file)}`);
  if (key.split('/').some((part) => part === '' || part.startsWith('.')))
    throw new UsageError(`${JSON.stringify(key)} is not a name that a pickup takes: no part of it may be empty or begin with a dot`);
  const pipelines = pipelinesOf(project, name);
  const takers = pipelines.flatMap((pipeline) =>
    feedsOfKey(pipeline.definition.feeds)(key).map((feed) => ({ pipeline, feed: feed.name, of: feed })),
  );
  const names = [...new Set(takers.map(({ pipeline }) => pipeline.definition.name))];
  if (names.length > 1)
    throw new UsageError(`${visibleLine(key)} matches feeds of several pipelines (${names.join(', ')}). Name one with --pipeline`);
  const [taker] = takers;
  const { date, mistake } = taker ? partitionsOf(taker.of)(key) : {};
  if (mistake !== undefined) throw new UsageError(`${visibleLine(key)} is left alone by the feed ${taker?.feed}: ${mistake}`);
  if (taker) {
    const { pipeline, feed, of } = taker;
    return { pipeline, feed, date, isInitial: of.partition !== undefined && 'value' in of.partition };
  }
  const taken = pipelines.flatMap(({ definition }) => definition.feeds.map((feed) => `  ${definition.name}/${feed.name}: ${feed.match}`));
  throw new UsageError(
    [
      `${visibleLine(key)} matches no feed, so no pickup would take it. Use --as to give it a name that one of these patterns matches:`,
      ...taken,
    ].join('\n'),
  );
}
