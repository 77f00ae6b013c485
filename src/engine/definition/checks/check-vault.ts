import { keepsBlanks } from '../../bulk/same-value.js';
import { sqlType } from '../../sql/column-types.js';
import { blanksMistake, resolveColumn, resolveEntity, sourceMistakes } from './check-references.js';
import { lookUp, type Outline, type Part } from '../outline.js';
import { at } from '../shape-mistakes.js';
import type { HubDefinition, LinkDefinition, SatelliteDefinition } from '../types.js';

/** Mistakes of the Data Vault: references, types, and what its insert-only loads rely on. */
export function vaultMistakes(pipeline: Outline): string[] {
  return [
    ...pipeline.hubs.sound.flatMap((hub) => hubMistakes(pipeline, hub)),
    ...pipeline.links.sound.flatMap((link) => linkMistakes(pipeline, link)),
    ...pipeline.satellites.sound.flatMap((satellite) => satelliteMistakes(pipeline, satellite)),
  ];
}

function hubMistakes(pipeline: Outline, { path, value: hub }: Part<HubDefinition>): string[] {
  const mistakes = sourceMistakes(pipeline, path, hub.from);
  if (['load_datetime', 'record_source', `${hub.name}_hk`].includes(hub.key)) {
    mistakes.push(at(`${path}.key`, 'is a name that hubs give to a column of their own. Choose another'));
  }
  return mistakes;
}

/** A reference to a hub by an entity's column: the hub must know the column, or keys would be missing from it. */
function hubReference(pipeline: Outline, path: string, entity: string, { hub, column }: { hub: string; column: string }): string[] {
  const found = lookUp(pipeline.hubs, hub);
  const mistakes = found.absent ? [at(`${path}.hub`, `there is no hub ${hub}. Name one of vault.hubs`)] : [];
  const resolved = resolveColumn(pipeline, entity, column);
  if (resolved.mistake) return [...mistakes, at(`${path}.column`, resolved.mistake)];
  if (!found.value || !resolved.value) return mistakes;
  const first = found.value.from[0];
  const hubColumn = first && resolveColumn(pipeline, first.entity, first.column).value;
  if (hubColumn && sqlType(hubColumn.type) !== sqlType(resolved.value.type)) {
    return [
      at(
        `${path}.column`,
        `is ${sqlType(resolved.value.type)}, but the key of hub ${hub} is ${sqlType(hubColumn.type)}. They must be the same`,
      ),
    ];
  }
  if (found.value.from.some((from) => from.entity === entity && from.column === column)) return mistakes;
  return [
    at(
      `${path}.column`,
      `${entity}.${column} is not among the sources of hub ${hub}. Add it to the hub's from, so that its keys are there`,
    ),
  ];
}

function linkMistakes(pipeline: Outline, { path, value: link }: Part<LinkDefinition>): string[] {
  const { value: entity, mistake } = resolveEntity(pipeline, link.entity);
  const mistakes = mistake ? [at(`${path}.entity`, mistake)] : [];
  link.hubs.forEach((reference, index) => {
    const place = `${path}.hubs[${index}]`;
    mistakes.push(...hubReference(pipeline, place, link.entity, reference));
    if (link.hubs.findIndex((each) => each.hub === reference.hub) < index) {
      mistakes.push(at(`${place}.hub`, `${reference.hub} is there already. A link holds one key of each hub`));
    }
    if (reference.hub === link.name) mistakes.push(at(`${path}.name`, `is also the name of a hub it joins. Both would be ${link.name}_hk`));
  });
  const dependent = link.dependent ?? [];
  dependent.forEach((name, index) => {
    const place = `${path}.dependent[${index}]`;
    const resolved = resolveColumn(pipeline, link.entity, name);
    if (resolved.mistake) mistakes.push(at(place, resolved.mistake));
    else if (resolved.value?.nullable) mistakes.push(at(place, `${name} is nullable. A link's key needs a value in each row`));
    else if (resolved.value && keepsBlanks(resolved.value.type)) mistakes.push(at(place, `${name} ${blanksMistake}`));
    else if (link.hubs.some((each) => each.column === name)) mistakes.push(at(place, `${name} is the column of a hub. Leave it out`));
    else if (dependent.indexOf(name) < index) mistakes.push(at(place, `${name} is there already. Leave it out`));
  });
  (link.driving ?? []).forEach((hub, index, all) => {
    const place = `${path}.driving[${index}]`;
    if (!link.hubs.some((each) => each.hub === hub)) mistakes.push(at(place, `the link does not connect ${hub}. Name one of its hubs`));
    if (all.indexOf(hub) < index) mistakes.push(at(place, `${hub} is there already. Leave it out`));
  });
  if (!entity || mistakes.length > 0) return mistakes;
  return [...mistakes, ...drivingMistakes(path, link, entity.key)];
}

/** Links are distinguished, and their ends found, only by the entity's key. Only these two forms make that exact. */
function drivingMistakes(path: string, link: LinkDefinition, key: readonly string[]): string[] {
  const columns = [...link.hubs.map((each) => each.column), ...(link.dependent ?? [])];
  if (!link.driving) {
    const values = columns.filter((name) => !key.includes(name));
    const hint = 'so that the satellite eff_sat_ records when a link ends, or leave them out';
    return values.length === 0 ? [] : [at(path, `joins values that change (${values.join(', ')}). Name the driving hubs, ${hint}`)];
  }
  const driving = link.hubs.filter((each) => link.driving?.includes(each.hub)).map((each) => each.column);
  if (!sameSet(driving, key)) {
    return [at(`${path}.driving`, `must be the hubs of the entity's whole key (${key.join(', ')}): one link is current for one row`)];
  }
  return columns.length > driving.length
    ? []
    : [at(`${path}.driving`, 'names all that the link holds. Nothing could change, so leave it out')];
}

function satelliteMistakes(pipeline: Outline, { path, value: satellite }: Part<SatelliteDefinition>): string[] {
  const { value: entity, mistake } = resolveEntity(pipeline, satellite.entity);
  const mistakes = mistake ? [at(`${path}.entity`, mistake)] : [];
  satellite.columns.forEach((name, index, all) => {
    const place = `${path}.columns[${index}]`;
    const resolved = resolveColumn(pipeline, satellite.entity, name);
    if (resolved.mistake) mistakes.push(at(place, resolved.mistake));
    else if (entity?.key.includes(name)) mistakes.push(at(place, `${name} is part of the key, which hub or link hold. Leave it out`));
    else if (all.indexOf(name) < index) mistakes.push(at(place, `${name} is there already. Leave it out`));
  });
  const { parent } = satellite;
  if ('hub' in parent) {
    mistakes.push(...hubReference(pipeline, `${path}.parent`, satellite.entity, parent));
    if (entity && !sameSet([parent.column], entity.key)) {
      mistakes.push(
        at(`${path}.parent`, `must be the entity's whole key (${entity.key.join(', ')}). For a key of several columns name a link`),
      );
    }
    return mistakes;
  }
  const link = lookUp(pipeline.links, parent.link);
  if (link.absent) return [...mistakes, at(`${path}.parent.link`, `there is no link ${parent.link}. Name one of vault.links`)];
  if (!link.value || !entity) return mistakes;
  if (link.value.entity !== satellite.entity) {
    return [
      ...mistakes,
      at(`${path}.parent.link`, `link ${parent.link} is of entity ${link.value.entity}, the satellite of ${satellite.entity}`),
    ];
  }
  const columns = [...link.value.hubs.map((each) => each.column), ...(link.value.dependent ?? [])];
  if (entity.key.some((name) => !columns.includes(name))) {
    mistakes.push(at(`${path}.parent.link`, `link ${parent.link} must hold the entity's whole key (${entity.key.join(', ')})`));
  }
  return mistakes;
}

function sameSet(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((each) => right.includes(each));
}
