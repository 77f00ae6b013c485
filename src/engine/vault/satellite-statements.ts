import type { PipelineDefinition, SatelliteDefinition } from '../definition/types.js';
import { satelliteName } from '../names.js';
import { qualifiedName } from '../sql/create-table.js';
import { columnList, identifier } from '../sql/identifier.js';
import { linkColumns, linkOf } from './find-definition.js';
import { hashDiff, hashKey } from './hash.js';
import type { RowSource } from './row-source.js';
import type { ChangeStatement } from '../change-consumer.js';
import { parentName } from './vault-tables.js';

/** The entity columns that make the hash key of a satellite's parent. */
export function parentColumns(pipeline: PipelineDefinition, { parent }: SatelliteDefinition): readonly string[] {
  return 'hub' in parent ? [parent.column] : linkColumns(linkOf(pipeline, parent.link));
}

/**
 * Adds the versions that changes made: every inserted row, and every updated one whose payload differs, or that another link bears.
 * Changes have both images and are gapless, so no version is looked up in the satellite.
 */
export function satelliteStatements(pipeline: PipelineDefinition, satellite: SatelliteDefinition, rows: RowSource): ChangeStatement[] {
  const hk = identifier(`${parentName(satellite)}_hk`);
  const key = parentColumns(pipeline, satellite);
  const insert = (where: string): ChangeStatement => ({
    sql: `insert into ${qualifiedName(satelliteName(satellite.name))}
  (${hk}, load_datetime, hashdiff, ${columnList(satellite.columns)}, record_source)
select ${hashKey(key.map(rows.now))} as ${hk}, ${rows.loadDatetime.ofValues} as load_datetime,
  ${hashDiff(satellite.columns.map(rows.now))},
  ${satellite.columns.map(rows.now).join(', ')}, ${rows.recordSource.ofValues}
from ${rows.from}
where ${where}
order by ${hk}, load_datetime`,
    ranges: rows.ranged ? [rows.group] : [],
  });
  const updated = rows.updated([...new Set([...satellite.columns, ...key])]);
  return updated === undefined ? [insert(rows.inserted)] : [insert(rows.inserted), insert(updated)];
}
