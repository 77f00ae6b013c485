import { createHash } from 'node:crypto';
import type { DatedRead } from './dated-output.js';

/** The last batch that changed a partition of an entity; batches are counted by group of feeds. */
export interface PartitionChange {
  readonly entity: string;
  /** yyyy-mm-dd */
  readonly date: string;
  readonly feed: string;
  readonly batch: string;
}

/**
 * How far the partitions are that outputs read, as text: another text means that rows may have changed. Made of changes in the order of
 * their dates; each look-up is a binary search, so that thousands of dates are cheap.
 */
export class PartitionStates {
  private readonly entities = new Map<string, { dates: string[]; of: string[]; upTo: string[] }>();

  constructor(changes: readonly PartitionChange[]) {
    const latest = new Map<string, Map<string, bigint>>();
    for (const { entity, date, feed, batch } of changes) {
      const state = this.entities.get(entity) ?? { dates: [], of: [], upTo: [] };
      const feeds = latest.get(entity) ?? new Map<string, bigint>();
      this.entities.set(entity, state);
      latest.set(entity, feeds);
      const isFurtherFeed = state.dates.at(-1) === date;
      const last = feeds.get(feed) ?? 0n;
      feeds.set(feed, BigInt(batch) > last ? BigInt(batch) : last);
      const of = stateOf([...(isFurtherFeed ? [state.of.pop()!] : []), `${feed}:${batch}`]);
      if (isFurtherFeed) state.upTo.pop();
      else state.dates.push(date);
      state.of.push(of);
      state.upTo.push(stateOf([...feeds].map(([name, number]) => `${name}:${number}`)));
    }
  }

  /** With changes of any of the entities, in their order. */
  get dates(): readonly string[] {
    return [...new Set([...this.entities.values()].flatMap(({ dates }) => dates))].sort();
  }

  /** Of what an output of the date reads of an entity; empty where nothing was delivered. */
  at({ entity, upTo }: DatedRead, date: string): string {
    const state = this.entities.get(entity);
    if (!state) return '';
    const index = lastUpTo(state.dates, date);
    if (index < 0 || (!upTo && state.dates[index] !== date)) return '';
    return (upTo ? state.upTo : state.of)[index]!;
  }
}

/** What an output of one date is made from: the partitions that it reads, and the marts by date, each with what that was made from. */
export function outputDigest(
  reads: readonly DatedRead[],
  states: readonly string[],
  after: readonly { readonly checksum: Buffer; readonly digest: Buffer }[],
): Buffer {
  const parts = {
    reads: reads.map(({ entity, upTo }, index) => [entity, upTo, states[index]]),
    after: after.map(({ checksum, digest }) => [checksum.toString('hex'), digest.toString('hex')]),
  };
  return createHash('sha256').update(JSON.stringify(parts)).digest();
}

/** Of parts such as `orders:12`, a feed with its batch. */
export function stateOf(parts: readonly string[]): string {
  return [...parts].sort().join(',');
}

/** The index of the greatest date at most `date`; -1 where there is none. */
function lastUpTo(dates: readonly string[], date: string): number {
  let [low, high] = [0, dates.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (dates[middle]! <= date) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
