import type { Period, ProgressTarget } from '../../contracts/activities/refs.js';
import type { MartStep, RefreshResult, StaleMarts } from '../../contracts/activities/marts.js';
import type { MartCounts } from '../../contracts/workflows.js';
import { data, profiles } from '../activity-profiles.js';
import { noteFailure } from '../report/failure-message.js';
import { inOrder } from '../report/in-order.js';
import type { Publish } from '../report/progress.js';
import { sideBySide } from '../../contracts/side-by-side.js';

/** Independent marts at once. */
export const martsAtOnce = 3;

export interface Refreshing {
  readonly pipeline: string;
  readonly rebuild?: boolean;
  readonly period?: Period | undefined;
  /** Gives a mart up after some tries. */
  readonly bounded?: boolean;
  readonly progress?: ProgressTarget | undefined;
  readonly publish?: Publish | undefined;
  readonly failures: string[];
  readonly changed?: (marts: Readonly<Record<string, MartCounts>>) => void;
}

/** Refreshes or rebuilds one mart; undefined when that failed. */
export function refreshOne(
  { pipeline, rebuild, period, progress, bounded, failures }: Refreshing,
  mart: string,
): Promise<RefreshResult | undefined> {
  return noteFailure(failures, mart, () =>
    data.refreshMart.executeWithOptions(
      { ...(bounded ? profiles.bounded : profiles.data), summary: `${mart}: ${rebuild ? 'rebuild' : 'refresh'}` },
      [{ pipeline, mart, rebuild, period, progress }],
    ),
  );
}

/**
 * Refreshes the marts, each after the marts that it reads. A mart that fails keeps its watermark, and marts that read it go no further than
 * that watermark. All other marts are refreshed.
 */
export async function refreshMarts(refreshing: Refreshing, steps: readonly MartStep[]): Promise<Record<string, MartCounts>> {
  const marts: Record<string, MartCounts> = {};
  const names = steps.map(({ mart }) => mart);
  const needs = ({ after }: MartStep) => steps.filter(({ mart }) => after.includes(mart));
  await sideBySide(
    steps,
    martsAtOnce,
    async ({ mart }) => {
      const refreshed = await refreshOne(refreshing, mart);
      if (!refreshed) return;
      marts[mart] = refreshed;
      refreshing.publish?.({ phase: 'marts', subject: mart, message: `${mart}: ${refreshed.mode}`, rows: refreshed.rows, done: true });
      refreshing.changed?.(inOrder(names, marts));
    },
    needs,
  );
  return inOrder(names, marts);
}

/**
 * Refreshes the stale marts, except some. One activity refreshes marts with little work, and names the marts that need an activity of their
 * own. Undefined when that activity failed.
 */
export function refreshStale(
  { pipeline, failures }: Pick<Refreshing, 'pipeline' | 'failures'>,
  except?: readonly string[],
): Promise<StaleMarts | undefined> {
  return noteFailure(failures, 'refreshing marts', () =>
    data.refreshStaleMarts.executeWithOptions({ ...profiles.data, summary: 'bulk to bus' }, [{ pipeline, except }]),
  );
}

/** Refreshes the stale marts. One activity refreshes all marts with little work, and each other mart gets its own. */
export async function refreshAllStale(refreshing: Refreshing): Promise<void> {
  const { publish, changed } = refreshing;
  const together = await refreshStale(refreshing);
  if (!together) return;
  for (const [mart, { mode, rows }] of Object.entries(together.marts))
    publish?.({ phase: 'marts', subject: mart, message: `${mart}: ${mode}`, rows, done: true });
  changed?.(together.marts);
  await refreshMarts({ ...refreshing, changed: (marts) => changed?.({ ...together.marts, ...marts }) }, together.left);
}
