import { datesOf } from '../../contracts/dates/dates.js';
import { listOf, wholeListOf, type DatesOfRun, type DatesReport } from '../../contracts/dates/dated-runs.js';
import type { Warehouse } from '../../engine/warehouse.js';

/** Counts loads by feed and date. A file that vanished or was replaced before it was read does not count. */
const query = (feeds: number) => `
select cast(partition_date as char) as date, feed, sum(state = 'claimed' or (? and state = 'staged')) > 0 as is_open
from gear.loads
where pipeline = ? and feed in (${Array.from({ length: feeds }, () => '?').join(', ')}) and partition_date between ? and ?
  and state not in ('gone', 'replaced')
group by partition_date, feed`;

/** What the warehouse has of the feeds' files for these dates. */
export async function reportDates(
  warehouse: Pick<Warehouse, 'query'>,
  { pipeline, feeds, dates, unclaimed = {}, unprocessed = false }: DatesOfRun,
): Promise<DatesReport> {
  const rows = await warehouse.query<{ date: string; feed: string; is_open: number }>(query(feeds.length), [
    unprocessed,
    pipeline,
    ...feeds,
    dates.from,
    dates.to,
  ]);
  const all = datesOf(dates);
  const others = Object.entries(unclaimed).flatMap(([feed, days]) => days.map((date) => ({ date, feed, is_open: 1 })));
  const found = [...rows, ...others];
  const has = new Set(found.map(({ date, feed }) => JSON.stringify([date, feed])));
  const withFiles = new Set(found.map(({ date }) => date));
  const open = new Set(found.filter(({ is_open: isOpen }) => Number(isOpen) === 1).map(({ date }) => date));
  const missing = feeds.map((feed) => {
    const without = all.filter((date) => withFiles.has(date) && !has.has(JSON.stringify([date, feed])));
    return [feed, listOf(without)] as const;
  });
  return {
    dates: all.length,
    empty: listOf(all.filter((date) => !withFiles.has(date))),
    missing: Object.fromEntries(missing.filter(([, list]) => list.dates > 0)),
    incomplete: wholeListOf(all.filter((date) => open.has(date))),
  };
}
