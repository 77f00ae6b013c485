import type { ChangeStatement } from '../change-consumer.js';
import type { PipelineDefinition } from '../definition/types.js';
import { deletesKeys } from '../entities/deletes.js';
import { keyedEntities, type Entity } from '../entities/entity.js';
import { statusName } from '../names.js';
import { qualifiedName } from '../sql/create-table.js';
import { identifier } from '../sql/identifier.js';
import { linkColumns } from './find-definition.js';
import { hashKey } from './hash.js';
import type { RowSource } from './row-source.js';

/** A status tracking satellite: when the keys of an entity came, were deleted, and came back. */
export interface StatusSatellite {
  readonly target: string;
  readonly entity: string;
  /** The hub or link that bears the entity's keys. */
  readonly parent: string;
  /** The entity's columns that make its hash key. */
  readonly columns: readonly string[];
}

/** One for each entity whose keys can be deleted, if a hub holds them, or else a link that holds nothing more. */
export function statusSatellites(pipeline: PipelineDefinition): readonly StatusSatellite[] {
  return keyedEntities(pipeline)
    .filter(deletesKeys)
    .flatMap((entity) => {
      const parent = parentOf(pipeline, entity);
      return parent === undefined ? [] : [{ target: statusName(pipeline, entity.name), entity: entity.name, ...parent }];
    });
}

function parentOf({ vault }: PipelineDefinition, { name, key }: Entity): Pick<StatusSatellite, 'parent' | 'columns'> | undefined {
  const hub = vault.hubs.find(({ from }) => from.some(({ entity, column }) => entity === name && key.length === 1 && key[0] === column));
  if (hub) return { parent: hub.name, columns: key };
  const link = vault.links.find(
    (each) => each.entity === name && !each.driving && key.every((column) => linkColumns(each).includes(column)),
  );
  return link && { parent: link.name, columns: linkColumns(link) };
}

export function statusStatements({ target, parent, columns }: StatusSatellite, rows: RowSource): ChangeStatement[] {
  const hk = identifier(`${parent}_hk`);
  const add = (isActive: boolean, where: string): ChangeStatement => ({
    sql: `insert into ${qualifiedName(target)} (${hk}, load_datetime, is_active, record_source)
select ${hashKey(columns.map(rows.now))} as ${hk}, ${rows.loadDatetime.ofKey}, ${isActive}, ${rows.recordSource.ofKey}
from ${rows.from}
where ${where}
order by ${hk}`,
    ranges: rows.ranged ? [rows.group] : [],
  });
  return [add(true, rows.inserted), ...(rows.deleted === undefined ? [] : [add(false, rows.deleted)])];
}
