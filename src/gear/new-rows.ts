import { rangeOf, type BatchRanges, type ChangeConsumer, type EntityRead } from '../engine/change-consumer.js';
import type { Statements } from '../engine/warehouse.js';
import { numberOf } from './number-of.js';

export interface NewRows {
  /** Rows that the changes insert into the entities that the mart reads. 0 if fewer than `from` rows were delivered. */
  readonly inserted: number;
  /**
   * More than half of all rows that were ever delivered are new. Then almost every key is affected, and computing the whole mart is faster.
   */
  readonly areMost: boolean;
}

/**
 * Counts the rows that the changes in the ranges insert. A refresh asks this before it looks for affected keys, because looking for the
 * keys of many new rows may cost more than computing them. Reads one row for each batch of the ranges, and more only if the batches are
 * large.
 */
export async function newRows(
  statements: Statements,
  { pipeline, entities }: ChangeConsumer,
  ranges: BatchRanges,
  from: number,
): Promise<NewRows> {
  const sum = async (rows: (read: EntityRead) => Promise<number>) => {
    let total = 0;
    for (const read of entities) total += await rows(read);
    return total;
  };
  const delivered = (group: string, after: bigint) =>
    numberOf(
      statements,
      'select sum(rows_staged) as n from gear.batches where pipeline = ? and feed = ? and batch_number > ? and batch_number <= ?',
      [pipeline, group, after, rangeOf(ranges, group).upTo],
    );
  if ((await sum(({ group }) => delivered(group, rangeOf(ranges, group).after))) < from) return { inserted: 0, areMost: false };
  const inserted = await sum(({ entity, group, feeds }) => {
    const { after, upTo } = rangeOf(ranges, group);
    return numberOf(
      statements,
      `select sum(n.inserted) as n from gear.loads l
       join gear.load_counts n on n.load_id = l.load_id and n.entity = ?
       where l.pipeline = ? and l.feed in (${feeds.map(() => '?').join(', ')}) and l.batch_number > ? and l.batch_number <= ?`,
      [entity, pipeline, ...feeds, after, upTo],
    );
  });
  const areMost = inserted >= from && (await sum(({ group }) => delivered(group, 0n))) < 2 * inserted;
  return { inserted, areMost };
}
