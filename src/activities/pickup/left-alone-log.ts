import type { LeftAlone } from '../../engine/object-store.js';
import type { ActivityScope } from '../run-activity.js';

/** Objects that this process has logged. When the set grows too large it is emptied, and each object is logged once more. */
const said = new Set<string>();
const mostSaid = 10_000;

/** Logs once that an object is left alone, and why; `strata status` lists all of them at any time. */
export function sayLeftAlone(storeUrl: string, { key, reason, waits }: LeftAlone, log: ActivityScope['log'] | undefined): void {
  const what = JSON.stringify([storeUrl, key, reason]);
  if (said.has(what)) return;
  if (said.size >= mostSaid) said.clear();
  said.add(what);
  const line = `${JSON.stringify(key)} is left alone: ${reason}`;
  if (waits) log?.info(line, { store: storeUrl });
  else log?.warn(line, { store: storeUrl });
}
