import type { PipelineDefinition } from '../../engine/definition/types.js';
import type { ChangeRange } from '../../engine/marts/mart-statements.js';
import type { Mart } from '../../engine/marts/mart.js';
import type { Statements } from '../../engine/warehouse.js';
import { numberOf } from '../../gear/number-of.js';

export interface NewRows {
  /** Rows that the changes insert into the entities that the mart reads; 0 when fewer than `from` rows were delivered at all. */
  readonly inserted: number;
  /** A first load: more than half of all that was ever delivered. Almost every key is affected then, and computing all is faster. */
  readonly areMost: boolean;
}

/**
 * What the changes in the ranges, by entity, insert: what a refresh can know before it looks for affected keys, which for many new rows
 * may cost more than computing them. Reads a row a batch, and nothing but the batches in the ranges unless they are large.
 */
export async function newRows(
  statements: Statements,
  { name, feeds }: PipelineDefinition,
  mart: Mart,
  ranges: ReadonlyMap<string, ChangeRange>,
  from: number,
): Promise<NewRows> {
  const read = feeds.flatMap((feed) =>
    feed.entities.filter((entity) => mart.reads.includes(entity.name)).map((entity) => ({ feed: feed.name, entity: entity.name })),
  );
  const sum = async (of: typeof read, rows: (feed: string, entity: string, range: ChangeRange) => Promise<number>) => {
    let total = 0;
    for (const { feed, entity } of of) total += await rows(feed, entity, ranges.get(entity) ?? { after: 0n, upTo: 0n });
    return total;
  };
  const delivered = (feed: string, range: ChangeRange) =>
    numberOf(
      statements,
      'select sum(rows_staged) as n from gear.batches where pipeline = ? and feed = ? and batch_number > ? and batch_number <= ?',
      [name, feed, range.after, range.upTo],
    );
  if ((await sum(read, (feed, _entity, range) => delivered(feed, range))) < from) return { inserted: 0, areMost: false };
  const inserted = await sum(read, (feed, entity, range) =>
    numberOf(
      statements,
      `select sum(n.inserted) as n from gear.loads l
       join gear.load_counts n on n.load_id = l.load_id and n.entity = ?
       where l.pipeline = ? and l.feed = ? and l.batch_number > ? and l.batch_number <= ?`,
      [entity, name, feed, range.after, range.upTo],
    ),
  );
  const areMost = inserted >= from && (await sum(read, (feed, _entity, { upTo }) => delivered(feed, { after: 0n, upTo }))) < 2 * inserted;
  return { inserted, areMost };
}
