import type { HubDefinition, LinkDefinition, PipelineDefinition, SatelliteDefinition } from '../definition/types.js';
import type { Table, TableColumn } from '../bulk/tables.js';
import { effectivityName, hubName, linkName, satelliteName } from '../names.js';
import { statusSatellites, type StatusSatellite } from './status-satellites.js';
import { typeOf } from './find-definition.js';

const loadDatetime: TableColumn = { name: 'load_datetime', type: 'datetime(6) not null' };
/** `pipeline/feed`; with load_datetime it names one row of gear.loads, and so the object that brought the row. */
const recordSource: TableColumn = { name: 'record_source', type: 'varchar(100) not null' };
const hashKeyColumn = (name: string): TableColumn => ({ name: `${name}_hk`, type: 'binary(16) not null' });

/** The hub's or link's name whose hash key a satellite bears. */
export function parentName({ parent }: SatelliteDefinition): string {
  return 'hub' in parent ? parent.hub : parent.link;
}

/**
 * The Data Vault's tables, insert-only, keyed by hashes. They have no secondary index: loads need none, and each would cost as much
 * as the table itself, for keys are random.
 */
export function vaultTables(pipeline: PipelineDefinition): Table[] {
  const { hubs, links, satellites } = pipeline.vault;
  return [
    ...hubs.map((hub) => hubTable(pipeline, hub)),
    ...links.map((link) => linkTable(pipeline, link)),
    ...satellites.map((satellite) => satelliteTable(pipeline, satellite)),
    ...links.filter(({ driving }) => driving).map(effectivityTable),
    ...statusSatellites(pipeline).map(statusTable),
  ];
}

function hubTable(pipeline: PipelineDefinition, hub: HubDefinition): Table {
  const from = hub.from[0];
  if (!from) throw new Error(`hub ${hub.name} has no source`);
  return {
    name: hubName(hub.name),
    columns: [
      hashKeyColumn(hub.name),
      { name: hub.key, type: `${typeOf(pipeline, from.entity, from.column)} not null` },
      loadDatetime,
      recordSource,
    ],
    primaryKey: [`${hub.name}_hk`],
    indexes: [],
    comment: `every ${hub.key} that was ever current, since when`,
  };
}

function linkTable(pipeline: PipelineDefinition, link: LinkDefinition): Table {
  const dependent = link.dependent ?? [];
  return {
    name: linkName(link.name),
    columns: [
      hashKeyColumn(link.name),
      ...link.hubs.map(({ hub }) => hashKeyColumn(hub)),
      ...dependent.map((name) => ({ name, type: `${typeOf(pipeline, link.entity, name)} not null` })),
      loadDatetime,
      recordSource,
    ],
    primaryKey: [`${link.name}_hk`],
    indexes: [],
    comment: `every ${[...link.hubs.map(({ hub }) => hub), ...dependent].join(', ')} that ever belonged together`,
  };
}

function satelliteTable(pipeline: PipelineDefinition, satellite: SatelliteDefinition): Table {
  const key = hashKeyColumn(parentName(satellite));
  return {
    name: satelliteName(satellite.name),
    columns: [
      key,
      loadDatetime,
      { name: 'hashdiff', type: 'binary(32) not null' },
      // A column that a later version adds is null in the rows of before.
      ...satellite.columns.map((name) => ({ name, type: `${typeOf(pipeline, satellite.entity, name)} null` })),
      recordSource,
    ],
    primaryKey: [key.name, loadDatetime.name],
    indexes: [],
    comment: `every version of ${satellite.entity}; current from load_datetime until the next one of its key`,
  };
}

function effectivityTable(link: LinkDefinition): Table {
  return {
    name: effectivityName(link.name),
    columns: [hashKeyColumn(link.name), loadDatetime, { name: 'is_active', type: 'boolean not null' }, recordSource],
    primaryKey: [`${link.name}_hk`, loadDatetime.name],
    indexes: [],
    comment: `when links of ${link.name} began (is_active) and ended; one is current for each ${link.driving?.join(', ')}`,
  };
}

function statusTable({ target, parent, entity }: StatusSatellite): Table {
  const key = hashKeyColumn(parent);
  return {
    name: target,
    columns: [key, loadDatetime, { name: 'is_active', type: 'boolean not null' }, recordSource],
    primaryKey: [key.name, loadDatetime.name],
    indexes: [],
    comment: `when keys of ${entity} came (is_active) and were deleted`,
  };
}
