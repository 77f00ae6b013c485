import { sideBySide } from '../contracts/side-by-side.js';
import { StrataError } from '../engine/strata-error.js';
import type { Stale } from '../gear/stale-consumers.js';

/** With more new rows than this, each table gets an activity of its own: it is visible by itself, and workers share the tables. */
const fewRows = 5_000;
/** Milliseconds. After this time no further table is begun. */
const longest = 5_000;

export interface RefreshStaleOptions {
  readonly signal: AbortSignal;
  /** Tables at once. */
  readonly atOnce: number;
}

/**
 * Refreshes stale tables in the order given, each after those that it reads, if that is little work. Returns the tables that are left. A
 * table that fails is left too, and so are the tables that read it: in an activity of its own it fails without holding up the others.
 * Throws `unavailable` when the server does not answer.
 */
export async function refreshStale<Consumer extends { readonly after: readonly unknown[] }>(
  { consumers, rows }: Stale<Consumer>,
  { signal, atOnce }: RefreshStaleOptions,
  refresh: (consumer: Consumer) => Promise<void>,
): Promise<Consumer[]> {
  const began = Date.now();
  const left = new Set<Consumer>();
  let failure: { readonly error: unknown } | undefined;
  await sideBySide(
    consumers,
    atOnce,
    async (consumer) => {
      if (failure) return;
      const waits = [...left].some((other) => consumer.after.includes(other));
      if (waits || rows > fewRows || Date.now() - began > longest) return void left.add(consumer);
      try {
        await refresh(consumer);
      } catch (error) {
        if (signal.aborted || (error instanceof StrataError && error.type === 'unavailable')) failure = { error };
        else left.add(consumer);
      }
    },
    ({ after }) => consumers.filter((other) => after.includes(other)),
  );
  // Thrown when the others at work have ended too: nothing of this attempt runs beside the next one.
  if (failure) throw failure.error;
  return consumers.filter((consumer) => left.has(consumer));
}
