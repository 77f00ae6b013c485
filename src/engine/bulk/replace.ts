import { entityColumns, type Entity, type EntitySource } from '../entities/entity.js';
import { qualifiedName } from '../sql/create-table.js';
import { columnList, identifier } from '../sql/identifier.js';
import { firstOffset, rowsOfLoad, typedRows } from './typed-rows.js';

/**
 * The statements by which a load takes the place of all other rows of its partition. Rows have no key; each is told by where it stood
 * in its first file. Rows that were fixed in quarantine come beside the others of their file.
 */
export interface EntityReplace {
  /** The number of the load's rows that the entity takes (`row_count`). Binds load. */
  readonly count: string;
  /** Deletes the partition's rows of other files. Binds date, first load, first load. */
  readonly deleteOthers: string;
  /** Whether the partition has rows (`held`): then the file's rows come from several loads. Binds date. */
  readonly findHeld: string;
  /** Deletes rows of earlier loads of the file that stood where rows of the load stand. Binds date, load, load, load, first load. */
  readonly deleteEarlier: string;
  /** The number of the load's rows whose places rows of a later load hold (`row_count`). Binds load, date. */
  readonly countHeld: string;
  /** Binds load. */
  readonly insert: string;
  /** The rows whose places are free. Binds load, date. */
  readonly insertFree: string;
}

export function renderReplace(entity: Entity, source: EntitySource): EntityReplace {
  const bulk = qualifiedName(entity.tables.bulk);
  const date = identifier(entity.partition!);
  const columns = entityColumns(entity);
  const typed = typedRows({ entity, source, from: rowsOfLoad(entity, source), offset: firstOffset, lines: true });
  const places = typedRows({ entity, source, columns: [entity.partition!], from: rowsOfLoad(entity, source), offset: firstOffset });
  const inserted = ['load_id', 'row_offset', 'line_number', ...columns];
  const insert = `insert into ${bulk} (${columnList(inserted)})\nselect ${columnList(inserted, 'typed')}\nfrom ${typed}`;
  const held = `exists (select 1 from ${bulk} b where b.${date} = ? and b.row_offset = typed.row_offset)`;
  return {
    count: `select count(*) as row_count from ${places}`,
    deleteOthers: `delete from ${bulk}
where ${date} = ? and load_id <> ? and load_id not in (select load_id from gear.replays where first_load_id = ?)`,
    findHeld: `select exists (select 1 from ${bulk} where ${date} = ?) as held`,
    // Of one table: where no database is chosen, MySQL refuses to delete from a join with a derived one.
    deleteEarlier: `delete from ${bulk}
where ${date} = ? and load_id <> ? and row_offset in (select typed.row_offset from ${places})
  and load_id not in (
    select later.load_id
    from gear.replays r
    join gear.loads later on later.load_id = r.load_id
    join gear.loads own on own.load_id = ?
    where r.first_load_id = ? and (later.delivery_order, later.load_id) > (own.delivery_order, own.load_id)
  )`,
    countHeld: `select count(*) as row_count from ${places}\nwhere ${held}`,
    insert,
    insertFree: `${insert}\nwhere not ${held}`,
  };
}
