import type { Command } from 'commander';
import { byteSize, counted, grouped } from '../../contracts/format-numbers.js';
import { pipelinesOf, type Cli } from '../cli.js';
import { withJson } from '../grammar.js';
import { pipelineStatus, type PipelineStatus } from '../../status/pipeline-status.js';
import { alertLines } from '../../status/alert-state.js';
import { bucketLine } from '../../status/processed-bucket.js';
import { retryLine } from '../../status/retries.js';
import { strandedLines } from '../../status/stranded.js';
import { workflowTypes } from '../../contracts/names.js';
import { ago, duration } from '../../contracts/format-times.js';
import { remarkLines, type WaitingFiles } from '../../status/waiting-files.js';
import { visibleLine } from '../../contracts/escape-controls.js';

/** Files that match no feed, in one line. */
const inLine = 5;

/** `strata status`: where everything stands, from the store, the warehouse and Temporal. */
export function statusCommand(command: Command, cli: Cli): void {
  withJson(command, ['strata status', 'strata status eastrock --json', 'strata status eastrock --all'])
    .argument('[pipeline]', 'the pipeline (default: all)')
    .option('--all', 'list all files that no pickup takes or that match no feed, not only the first ones')
    .action(async (name: string | undefined, { all: allFiles = false, ...options }: { all?: boolean; json?: boolean }) => {
      const project = await cli.project({ warehouse: true, sources: true });
      const states: PipelineStatus[] = [];
      for (const pipeline of pipelinesOf(project, name)) states.push(await pipelineStatus(cli, project, pipeline, { allFiles }));
      if (options.json) return cli.out.json(states);
      for (const state of states) print(cli, state, allFiles);
    });
}

function print({ out }: Cli, state: PipelineStatus, allFiles: boolean): void {
  out.prose(`${state.pipeline}: ${state.source.url}`);
  out.line();
  out.table(
    ['feed', 'files waiting', 'size', 'oldest'],
    Object.entries(state.source.feeds).map(([feed, { files, bytes, oldest }]) => [
      feed,
      grouped(files),
      byteSize(bytes),
      oldest === undefined ? '' : ago(new Date(oldest)),
    ]),
  );
  const { loaded, others, leftAlone, remarks } = state.source;
  if (loaded > 0)
    out.prose(
      `${counted(loaded, 'loaded file')} ${loaded === 1 ? 'is' : 'are'} still in the source, because the pipeline keeps its files or releases them later`,
    );
  for (const message of state.undurable) out.prose(`the warehouse's server: ${message}`);
  const all = `strata status ${state.pipeline} --all`;
  for (const line of [
    ...otherLines(others, all, allFiles),
    ...remarkLines('no pickup takes these:', leftAlone, all),
    ...remarkLines('worth knowing:', remarks, all),
  ])
    out.prose(line);
  out.line();
  out.table(
    ['loads of', 'state', 'loads', 'rows staged', 'quarantined'],
    state.loads.map((row) => [row.feed, row.state, ...[row.loads, row.rowsStaged, row.rowsQuarantined].map(grouped)]),
  );
  out.line();
  out.table(
    ['layer', 'lag', 'behind', 'last change'],
    state.lags.map(({ layer, behind, since, latest }) => [
      layer,
      behind === 0 ? 'current' : duration((Date.now() - (since?.getTime() ?? Date.now())) / 1_000),
      behind === 0 ? '' : counted(behind, layer === 'staging' || layer === 'bulk' ? 'load' : 'table'),
      ago(latest),
    ]),
  );
  out.line();
  out.table(
    ['last runs', 'feed', 'status', 'started', 'took'],
    state.runs.map(({ type, feed, status, started, ended }) => [
      nameOf(type),
      feed,
      status,
      ago(started),
      ended ? duration((ended.getTime() - started.getTime()) / 1_000) : '',
    ]),
  );
  if (state.processed) {
    out.line();
    out.prose(bucketLine(state.processed));
  }
  const paused = state.schedules.filter((schedule) => schedule.paused);
  out.line();
  if (state.schedules.length === 0) out.prose('there are no schedules. To create them, run: strata schedules apply');
  for (const { id, note } of paused) out.prose(`schedule ${id} is paused: ${note}`);
  for (const line of alertLines(state.alerts)) out.prose(line);
  for (const line of state.retries.map(retryLine)) out.prose(line);
  for (const line of [...state.differing, ...state.stranded.flatMap(strandedLines)]) out.prose(line);
  if (!state.worker) out.prose(`${state.queue.problem}. To start work, ${state.queue.remedy}`);
}

/** Files that match no feed: the first ones in a line, or all of them, each on a line of its own. */
function otherLines({ files, keys }: WaitingFiles['others'], all: string, allFiles: boolean): readonly string[] {
  if (files === 0) return [];
  const are = `${counted(files, 'other file')} ${files === 1 ? 'matches' : 'match'} no feed and ${files === 1 ? 'is' : 'are'} left alone`;
  if (allFiles) return [`${are}:`, ...keys.map((key) => `  ${visibleLine(key)}`)];
  const more = files > inLine ? ` and ${grouped(files - inLine)} more. To see all of them, run: ${all}` : '';
  return [`${are}: ${keys.slice(0, inLine).map(visibleLine).join(', ')}${more}`];
}

/** What a workflow is called in the names of runs: short, so that the table fits narrow terminals. */
function nameOf(type: string): string {
  return Object.entries(workflowTypes).find(([, each]) => each === type)?.[0] ?? type;
}
