import { replayedRow } from '../../engine/definition/replayed-row.js';
import type { Transaction } from '../../engine/warehouse.js';
import type { Load } from './load-row.js';

/** Links a claimed load to the one in whose file its rows stood first, and in whose quarantine its file lay. */
export async function linkReplay(
  transaction: Transaction,
  { identity, generation }: { readonly identity: Buffer; readonly generation: number },
  firstLoadId: number,
): Promise<void> {
  for (const table of ['replays', 'corrections'])
    await transaction.execute(
      `insert into gear.${table} (load_id, first_load_id)
       select load_id, ? from gear.loads where identity = ? and generation = ? and state = 'claimed' and header is null
       on duplicate key update first_load_id = first_load_id`,
      [firstLoadId, identity, generation],
    );
}

/** Rows without a position of their own come after all rows of the load in whose quarantine folder they are. */
export async function dropPlace(transaction: Transaction, load: Load, header: readonly string[]): Promise<void> {
  if (load.firstLoadId !== undefined && !header.includes(replayedRow.column))
    await transaction.execute('delete from gear.replays where load_id = ?', [load.loadId]);
}
