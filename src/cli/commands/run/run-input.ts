import { commandOfRun, runScope } from '../../../contracts/dates/dated-runs.js';
import { workflowIds } from '../../../contracts/names.js';
import type { RunInput } from '../../../contracts/workflows.js';
import type { PipelineDefinition } from '../../../engine/definition/types.js';
import { periodOf, type PeriodOptions } from '../../period.js';
import { UsageError } from '../../usage-error.js';

export interface ScopeOptions {
  readonly init?: boolean | undefined;
  readonly feeds?: string | undefined;
}

/** What a run is to do, by the options of its command. Throws a usage error for what the pipeline can't do. */
export function runInput(definition: PipelineDefinition, options: PeriodOptions & ScopeOptions): RunInput {
  const pipeline = definition.name;
  const dates = periodOf(options);
  if (dates && options.init) throw new UsageError('--init goes without --date, --from and --to');
  if (!dates && !options.init) {
    if (options.feeds !== undefined)
      throw new UsageError('--feeds needs --date, or --from and --to, or --init. A run without them takes every feed');
    if ('daily' in definition.schedules)
      throw new UsageError(
        `${pipeline} is run by date: give --date 2026-01-31, or --from and --to, or --init for the feeds with one date for all files`,
      );
    return { pipeline };
  }
  const able = feedsWith(definition, options.init ? 'value' : 'group');
  const kind = options.init ? 'one date for all files' : 'a date for each file';
  if (able.length === 0) throw new UsageError(`no feed of ${pipeline} has a partition with ${kind}, so there is nothing to run by date`);
  const feeds = options.feeds?.split(',').map((feed) => feed.trim());
  const strange = (feeds ?? []).filter((feed) => !able.includes(feed));
  if (strange.length > 0)
    throw new UsageError(`${pipeline} has no feed ${strange.join(', ')} with ${kind}. These feeds have one: ${able.join(', ')}`);
  return {
    pipeline,
    ...(dates ? { dates } : { initial: true as const }),
    // In one order, so that the same run has the same id.
    ...(feeds && { feeds: able.filter((feed) => feeds.includes(feed)) }),
  };
}

function feedsWith({ feeds }: PipelineDefinition, kind: 'group' | 'value'): readonly string[] {
  return feeds.filter(({ partition }) => partition && kind in partition).map(({ name }) => name);
}

/** The command that does the same once more. */
export function commandOf(input: RunInput): string {
  return commandOfRun(workflowIds.run(input.pipeline, runScope(input)));
}
