import type { ChangeConsumer } from '../engine/change-consumer.js';
import type { Statements } from '../engine/warehouse.js';

/** Stale marts or vault tables: they lack a committed batch of a feed, or were made with another definition. */
export interface Stale<Consumer> {
  /** In the order in which they were given. */
  readonly consumers: readonly Consumer[];
  /** Rows of the batches that at least one of them lacks. Infinite if one has to be built from nothing. */
  readonly rows: number;
}

/** The stale ones of a pipeline's marts or vault tables. Takes three small queries. */
export async function staleConsumers<Consumer extends ChangeConsumer>(
  statements: Statements,
  pipeline: string,
  consumers: readonly Consumer[],
): Promise<Stale<Consumer>> {
  const feeds = await statements.query<{ feed: string; batch_number: number | string }>(
    'select feed, batch_number from gear.feeds where pipeline = ?',
    [pipeline],
  );
  const marks = await statements.query<{ target: string; checksum: Buffer; feed: string | null; batch_number: number | string | null }>(
    `select m.target, m.checksum, w.feed, w.batch_number from gear.marts m
     left join gear.mart_watermarks w on w.target = m.target
     where m.pipeline = ?`,
    [pipeline],
  );
  const last = new Map(feeds.map(({ feed, batch_number }) => [feed, BigInt(batch_number)]));
  const held = new Map(marks.map(({ target, feed, batch_number }) => [`${target}/${feed}`, BigInt(batch_number ?? 0)]));
  const checksums = new Map(marks.map(({ target, checksum }) => [target, checksum]));
  const stale: Consumer[] = [];
  const lowest = new Map<string, bigint>();
  let isUnbuilt = false;
  for (const consumer of consumers) {
    const { target, checksum } = consumer;
    const lacking = consumer.feeds.filter((feed) => (held.get(`${target}/${feed}`) ?? 0n) < (last.get(feed) ?? 0n));
    const isBuilt = checksums.get(target)?.equals(checksum) && consumer.feeds.every((feed) => held.has(`${target}/${feed}`));
    if (!isBuilt) isUnbuilt = true;
    if (!isBuilt || lacking.length > 0) stale.push(consumer);
    for (const feed of lacking) {
      const batch = held.get(`${target}/${feed}`) ?? 0n;
      if (batch < (lowest.get(feed) ?? last.get(feed)!)) lowest.set(feed, batch);
    }
  }
  return { consumers: stale, rows: isUnbuilt ? Infinity : await rowsAfter(statements, pipeline, lowest) };
}

async function rowsAfter(statements: Statements, pipeline: string, batches: ReadonlyMap<string, bigint>): Promise<number> {
  if (batches.size === 0) return 0;
  const [row] = await statements.query<{ n: number | string | null }>(
    `select sum(rows_staged) as n from gear.batches
     where pipeline = ? and (${[...batches].map(() => 'feed = ? and batch_number > ?').join(' or ')})`,
    [pipeline, ...[...batches].flat()],
  );
  return Number(row?.n ?? 0);
}
