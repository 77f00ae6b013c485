import type { Command } from 'commander';
import { workflowIds, workflowTypes } from '../../contracts/names.js';
import type { OutputsInput } from '../../contracts/outputs.js';
import type { RebuildInput } from '../../contracts/workflows.js';
import { attributesOf } from '../../contracts/search-attributes.js';
import type { MartCatalog } from '../../engine/marts/mart.js';
import { dayOf } from '../../engine/marts/mart-statements.js';
import { pipelineOf, type Cli } from '../cli.js';
import { withJson } from '../grammar.js';
import { dateOption, periodOf } from '../period.js';
import { follow } from '../follow/follow.js';
import { startOrAttachToSame } from '../follow/start-or-attach.js';
import { UsageError } from '../usage-error.js';
import { counted } from '../../contracts/format-numbers.js';

/** `strata marts rebuild`: marts computed again. */
export function martsCommand(marts: Command, cli: Cli): void {
  const description = 'rebuild all marts, or the named ones and every mart that depends on them (surrogate ids are kept)';
  withJson(marts.command('rebuild').description(description), [
    'strata marts rebuild eastrock',
    'strata marts rebuild eastrock bus.daily_users bus.total_users',
    'strata marts rebuild eastrock bus.daily_games --from 2026-01-01 --to 2026-01-31',
    'strata marts rebuild shop bus.sales_by_date --from 2026-01-01 --to 2026-01-31',
  ])
    .argument('<pipeline>', 'the pipeline')
    .argument('[marts...]', 'marts, such as bus.daily_users (default: all, or with --from and --to all that have a day in their key)')
    .option('--from <day>', 'rebuild only days from this one on, as in 2026-01-31 (dependent marts are not rebuilt)', dateOption)
    .option('--to <day>', 'rebuild only days up to and including this one', dateOption)
    .action(async (name: string, wanted: string[], options: { json?: boolean; from?: string; to?: string }) => {
      const project = await cli.project();
      const { definition, catalog } = pipelineOf(project, name);
      const known = [...catalog.marts, ...catalog.datedMarts, ...catalog.additiveMarts].map(({ target }) => target);
      const named = wanted.map((mart) => (mart.includes('.') ? mart : `bus.${mart}`));
      const unknown = named.filter((target) => !known.includes(target));
      if (unknown.length > 0) throw new UsageError(`${name} has no mart ${unknown.join(', ')}. Its marts are: ${known.join(', ')}`);
      const period = periodOf(options);
      const pipeline = definition.name;
      const dated = datedOf(catalog, named);
      if (dated.length > 0 && !period)
        throw new UsageError(`${dated.join(', ')} ${dated.length > 1 ? 'are' : 'is'} by date: add --from and --to`);
      const targets = dated.length > 0 ? dated : period ? withDay(catalog, named) : withReaders(catalog, named);
      const of = period ? ` from ${period.from} to ${period.to}` : '';
      const start = {
        typedSearchAttributes: attributesOf({ pipeline }),
        staticSummary: `rebuild ${targets.length > 0 ? counted(targets.length, 'mart') : 'all marts'}${of}`,
      };
      await cli.withTemporal(project, async (client) => {
        const { handle, attached, taskQueue } =
          dated.length > 0
            ? await startOrAttachToSame(cli, project, client, workflowTypes.outputs, {
                ...start,
                workflowId: workflowIds.outputs(pipeline),
                args: [{ pipeline, dates: period, outputs: dated, again: true } satisfies OutputsInput],
              })
            : await startOrAttachToSame(cli, project, client, workflowTypes.rebuild, {
                ...start,
                workflowId: workflowIds.rebuild(pipeline),
                args: [{ pipeline, ...(targets.length > 0 && { marts: targets }), ...(period && { period }) } satisfies RebuildInput],
              });
        if (attached) cli.out.note(`${handle.workflowId} runs already. Watching that run`);
        await follow(cli, project, client, handle, { json: options.json, again: `strata marts rebuild ${pipeline}`, taskQueue });
      });
    });
}

/** The marts by date among those named, or all where the pipeline has no others. They are computed on their own, date by date. */
function datedOf({ marts, datedMarts, additiveMarts }: MartCatalog, named: readonly string[]): readonly string[] {
  if (named.length === 0) return marts.length + additiveMarts.length === 0 ? datedMarts.map(({ target }) => target) : [];
  const dated = datedMarts.map(({ target }) => target).filter((target) => named.includes(target));
  const others = named.filter((target) => !dated.includes(target));
  if (dated.length > 0 && others.length > 0)
    throw new UsageError(
      `${dated.join(', ')} ${dated.length > 1 ? 'are' : 'is'} by date: rebuild ${others.join(', ')} with a command of its own`,
    );
  return dated;
}

/** The marts named and those that read them, directly or through others. */
function withReaders(catalog: MartCatalog, named: readonly string[]): readonly string[] {
  const targets = new Set(named);
  // In the catalog a mart stands behind all that it reads.
  for (const mart of catalog.marts) if (mart.after.some((target) => targets.has(target))) targets.add(mart.target);
  return [...targets];
}

/** The marts named, or all, which must have a day in their key. */
function withDay({ marts }: MartCatalog, named: readonly string[]): readonly string[] {
  const withOne = marts.filter((mart) => dayOf(mart) !== undefined && mart.reads.length > 0).map(({ target }) => target);
  const without = named.filter((target) => !withOne.includes(target));
  if (without.length > 0)
    throw new UsageError(
      `--from and --to need marts with a day in their key. ${without.join(', ')} ${without.length > 1 ? 'have' : 'has'} none. These marts have one: ${withOne.join(', ')}`,
    );
  if (withOne.length === 0) throw new UsageError('--from and --to need marts with a day in their key, and no mart has one. Leave them out');
  return named.length > 0 ? named : withOne;
}
