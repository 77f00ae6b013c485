import { createHash } from 'node:crypto';
import type { ChangeStatement } from '../change-consumer.js';
import type { HubDefinition, LinkDefinition, PipelineDefinition, SatelliteDefinition } from '../definition/types.js';
import { entityOf, readOf } from '../entities/entity.js';
import { effectivityName, hubName, linkName, satelliteName } from '../names.js';
import { hubSources, typeOf } from './find-definition.js';
import { hubFromChanges, hubOfUnknownKeys } from './hub-statements.js';
import { effectivityStatements, linkStatements } from './link-statements.js';
import { bulkOf, changesOf, type RowSource } from './row-source.js';
import { parentColumns, satelliteStatements } from './satellite-statements.js';
import { statusSatellites, statusStatements, type StatusSatellite } from './status-satellites.js';
import type { VaultLoad } from './vault-load.js';

/** The loads of all vault tables, independent of one another: hash keys need no look-up in another table. */
export function vaultLoads(pipeline: PipelineDefinition): VaultLoad[] {
  const { hubs, links, satellites } = pipeline.vault;
  return [
    ...hubs.map((hub) => hubLoad(pipeline, hub)),
    ...links.map((link) => linkLoad(pipeline, link)),
    ...satellites.map((satellite) => satelliteLoad(pipeline, satellite)),
    ...links.filter(({ driving }) => driving).map((link) => effectivityLoad(pipeline, link)),
    ...statusSatellites(pipeline).map((status) => statusLoad(pipeline, status)),
  ];
}

function hubLoad(pipeline: PipelineDefinition, hub: HubDefinition): VaultLoad {
  const sources = hubSources(pipeline, hub);
  return {
    pipeline: pipeline.name,
    target: hubName(hub.name),
    feeds: [...new Set(sources.map(({ entity }) => entity.group))],
    entities: sources.map(({ entity }) => readOf(entity)),
    fromChanges: hubFromChanges(pipeline, hub, (entity) => changesOf(pipeline, entity)),
    fromBulk: hubOfUnknownKeys(pipeline, hub, (entity) => bulkOf(pipeline, entity)),
    after: [],
    checksum: checksumOf([hub.key, sources.map(({ entity, column }) => [entity.name, column])]),
    whenChanged: 'fill',
  };
}

function linkLoad(pipeline: PipelineDefinition, link: LinkDefinition): VaultLoad {
  return ofOneEntity(pipeline, linkName(link.name), link.entity, recipeOf(pipeline, link), (rows) => linkStatements(pipeline, link, rows));
}

function effectivityLoad(pipeline: PipelineDefinition, link: LinkDefinition): VaultLoad {
  return ofOneEntity(pipeline, effectivityName(link.name), link.entity, recipeOf(pipeline, link), (rows) =>
    effectivityStatements(link, rows),
  );
}

function statusLoad(pipeline: PipelineDefinition, status: StatusSatellite): VaultLoad {
  const recipe = [status.parent, typed(pipeline, status.entity, status.columns)];
  return ofOneEntity(pipeline, status.target, status.entity, recipe, (rows) => statusStatements(status, rows));
}

function satelliteLoad(pipeline: PipelineDefinition, satellite: SatelliteDefinition): VaultLoad {
  // The payload is not part of it: a further column is null in older rows, and a value of it makes a version when it comes.
  const recipe = [satellite.parent, typed(pipeline, satellite.entity, parentColumns(pipeline, satellite))];
  return ofOneEntity(pipeline, satelliteName(satellite.name), satellite.entity, recipe, (rows) =>
    satelliteStatements(pipeline, satellite, rows),
  );
}

function ofOneEntity(
  pipeline: PipelineDefinition,
  target: string,
  name: string,
  recipe: unknown,
  statements: (rows: RowSource) => ChangeStatement[],
): VaultLoad {
  const entity = entityOf(pipeline, name);
  return {
    pipeline: pipeline.name,
    target,
    feeds: [entity.group],
    entities: [readOf(entity)],
    fromChanges: statements(changesOf(pipeline, entity)),
    fromBulk: statements(bulkOf(pipeline, entity)),
    after: [],
    checksum: checksumOf([entity.group, entity.name, entity.key, recipe]),
    whenChanged: 'refuse',
  };
}

function recipeOf(pipeline: PipelineDefinition, link: LinkDefinition): unknown {
  const hubs = link.hubs.map(({ hub, column }) => [hub, ...typed(pipeline, link.entity, [column])]);
  return [hubs, typed(pipeline, link.entity, link.dependent ?? []), [...(link.driving ?? [])].sort()];
}

function typed(pipeline: PipelineDefinition, entity: string, columns: readonly string[]): readonly string[] {
  // Of a decimal, the digits after the point are part of the text that is hashed; lengths are not.
  return columns.map(
    (column) =>
      `${column} ${typeOf(pipeline, entity, column)
        .replace(/^varchar\(\d+\)$/, 'text')
        .replace('bigint', 'int')}`,
  );
}

function checksumOf(recipe: unknown): Buffer {
  return createHash('sha256').update(JSON.stringify(recipe)).digest();
}
