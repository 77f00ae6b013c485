import type { Command } from 'commander';
import { workflowIds, workflowTypes } from '../../contracts/names.js';
import type { Period } from '../../contracts/activities.js';
import type { RebuildInput } from '../../contracts/workflows.js';
import { attributesOf } from '../../contracts/search-attributes.js';
import type { MartCatalog } from '../../engine/marts/mart.js';
import { dayOf } from '../../engine/marts/mart-statements.js';
import { pipelineOf, type Cli } from '../cli.js';
import { withJson } from '../grammar.js';
import { follow } from '../follow/follow.js';
import { startOrAttach } from '../follow/start-or-attach.js';
import { UsageError } from '../usage-error.js';

/** `strata marts rebuild`: marts computed anew. */
export function martsCommand(marts: Command, cli: Cli): void {
  const description = 'rebuild all marts, or the named ones and every mart that depends on them (surrogate ids are kept)';
  withJson(marts.command('rebuild').description(description), [
    'strata marts rebuild eastrock',
    'strata marts rebuild eastrock bus.daily_users bus.total_users',
    'strata marts rebuild eastrock bus.daily_games --from 2026-01-01 --to 2026-01-31',
  ])
    .argument('<pipeline>', 'the pipeline')
    .argument('[marts...]', 'marts, such as bus.daily_users (default: all, or with --from and --to all that have a day in their key)')
    .option('--from <day>', 'rebuild only days from this one on, as in 2026-01-31 (dependent marts are not rebuilt)', dayOption)
    .option('--to <day>', 'rebuild only days up to and including this one', dayOption)
    .action(async (name: string, wanted: string[], options: { json?: boolean; from?: string; to?: string }) => {
      const project = await cli.project();
      const { definition, catalog } = pipelineOf(project, name);
      const known = catalog.marts.map(({ target }) => target);
      const named = wanted.map((mart) => (mart.includes('.') ? mart : `bus.${mart}`));
      const unknown = named.filter((target) => !known.includes(target));
      if (unknown.length > 0) throw new UsageError(`${name} has no mart ${unknown.join(', ')}; it has ${known.join(', ')}`);
      const period = periodOf(options);
      const targets = period ? withDay(catalog, named) : withReaders(catalog, named);
      const pipeline = definition.name;
      await cli.withTemporal(project, async (client) => {
        const { handle, attached, taskQueue } = await startOrAttach(cli, project, client, workflowTypes.rebuild, {
          workflowId: workflowIds.rebuild(pipeline),
          args: [{ pipeline, ...(targets.length > 0 && { marts: targets }), ...(period && { period }) } satisfies RebuildInput],
          typedSearchAttributes: attributesOf({ pipeline }),
          staticSummary: `rebuild ${targets.length > 0 ? targets.length : 'all'} marts${period ? ` from ${period.from} to ${period.to}` : ''}`,
        });
        if (attached) cli.out.note(`${handle.workflowId} runs already, maybe for other marts: watching that one`);
        await follow(cli, project, client, handle, { json: options.json, again: `strata marts rebuild ${pipeline}`, taskQueue });
      });
    });
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
      `--from and --to need marts with a day in their key, which ${without.join(', ')} ${without.length > 1 ? 'have' : 'has'} not; these have one: ${withOne.join(', ')}`,
    );
  if (withOne.length === 0) throw new UsageError('--from and --to need marts with a day in their key, and there are none');
  return named.length > 0 ? named : withOne;
}

function periodOf({ from, to }: { readonly from?: string; readonly to?: string }): Period | undefined {
  if (from === undefined && to === undefined) return undefined;
  if (from === undefined || to === undefined) throw new UsageError('--from and --to go together, as in --from 2026-01-01 --to 2026-01-31');
  if (from > to) throw new UsageError(`--from ${from} is later than --to ${to}`);
  return { from, to };
}

function dayOption(text: string): string {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text)
    throw new UsageError(`${text} is not a date. Write it as 2026-01-31`);
  return text;
}
