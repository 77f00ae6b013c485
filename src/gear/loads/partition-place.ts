import { StrataError } from '../../engine/strata-error.js';
import type { Statements } from '../../engine/warehouse.js';

/** The place of a load among the deliveries of its partition. */
export interface PartitionPlace {
  readonly date: string;
  /** The load whose file had the rows first: the load itself, unless it is a replay. */
  readonly firstLoadId: number;
  /** A later delivery of the feed's partition was processed. */
  readonly isOutdated: boolean;
}

export async function partitionPlace(statements: Pick<Statements, 'query'>, loadId: number): Promise<PartitionPlace> {
  const [row] = await statements.query<{ partition_date: string | null; first_load_id: number; is_outdated: number }>(
    `select own.partition_date, own_first.load_id as first_load_id, exists (
       select 1 from gear.loads other
       left join gear.replays other_again on other_again.load_id = other.load_id
       join gear.loads other_first on other_first.load_id = coalesce(other_again.first_load_id, other.load_id)
       where other.pipeline = own.pipeline and other.feed = own.feed and other.partition_date = own.partition_date
         and other.state = 'processed' and (other_first.delivery_order, other_first.load_id) > (own_first.delivery_order, own_first.load_id)
     ) as is_outdated
     from gear.loads own
     left join gear.replays own_again on own_again.load_id = own.load_id
     join gear.loads own_first on own_first.load_id = coalesce(own_again.first_load_id, own.load_id)
     where own.load_id = ?`,
    [loadId],
  );
  if (!row?.partition_date)
    throw new StrataError(
      'invariant',
      `load ${loadId} has no partition_date in gear.loads, though its feed has a partition. Was it claimed before the feed had one? Nothing was changed. Run: strata doctor`,
    );
  return { date: row.partition_date, firstLoadId: Number(row.first_load_id), isOutdated: Number(row.is_outdated) === 1 };
}
