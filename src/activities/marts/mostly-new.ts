import type { PipelineDefinition } from '../../engine/definition/types.js';
import type { ChangeRange } from '../../engine/marts/mart-statements.js';
import type { Mart } from '../../engine/marts/mart.js';
import type { Statements } from '../../engine/warehouse.js';
import { numberOf } from './number-of.js';

/**
 * Whether the changes in the ranges, by entity, insert at least `from` rows into the entities that a mart reads, and more than half of all
 * that were ever delivered for them: a first load, mostly. Almost every key is affected then, and finding out which ones would cost more
 * than computing all. Reads a row a batch, and nothing but the batches in the ranges unless they are large.
 */
export async function areMostlyNew(
  statements: Statements,
  { name, feeds }: PipelineDefinition,
  mart: Mart,
  ranges: ReadonlyMap<string, ChangeRange>,
  from: number,
): Promise<boolean> {
  const read = feeds.flatMap((feed) => feed.entities.filter((entity) => mart.reads.includes(entity.name)).map((entity) => ({ feed: feed.name, entity: entity.name })));
  const sum = async (of: typeof read, rows: (feed: string, entity: string, range: ChangeRange) => Promise<number>) => {
    let total = 0;
    for (const { feed, entity } of of) total += await rows(feed, entity, ranges.get(entity) ?? { after: 0n, upTo: 0n });
    return total;
  };
  const delivered = (feed: string, range: ChangeRange) =>
    numberOf(statements, 'select sum(rows_staged) as n from gear.batches where pipeline = ? and feed = ? and batch_number > ? and batch_number <= ?', [
      name,
      feed,
      range.after,
      range.upTo,
    ]);
  if ((await sum(read, (feed, _entity, range) => delivered(feed, range))) < from) return false;
  const inserted = await sum(read, (feed, entity, range) =>
    numberOf(
      statements,
      `select sum(n.inserted) as n from gear.loads l
       join gear.load_counts n on n.load_id = l.load_id and n.entity = ?
       where l.pipeline = ? and l.feed = ? and l.batch_number > ? and l.batch_number <= ?`,
      [entity, name, feed, range.after, range.upTo],
    ),
  );
  return inserted >= from && (await sum(read, (feed, _entity, { upTo }) => delivered(feed, { after: 0n, upTo }))) < 2 * inserted;
}
