import { areApart, keyScope } from '../../../entities/deletes.js';
import { lookUp, type FeedOutline, type Outline, type Part } from '../../outline.js';
import { at } from '../../shape-mistakes.js';
import type { EntityDefinition } from '../../types.js';
import { feedNamed, outlinedColumn } from '../entity-columns.js';
import { valueMistake } from '../value-mistake.js';

/** Mistakes in the `delivery` of a feed that show without its entities. */
export function deliveryMistakes({ path, name, delivery, columns }: FeedOutline): string[] {
  if (delivery?.kind !== 'tombstones') return [];
  const found = lookUp(columns, delivery.column);
  if (found.absent) return [at(`${path}.delivery.column`, `feed ${name ?? ''} has no column ${delivery.column}. Name one of its columns`)];
  const { value: column } = found;
  if (column?.derive)
    return [at(`${path}.delivery.column`, `${column.name} is made of another column when a row is landed. Name a column of the file`)];
  return delivery.values.flatMap((value, index, all) => {
    const mistake = all.indexOf(value) < index ? 'is there already. Leave it out' : column && valueMistake(value, column);
    return mistake === undefined ? [] : [at(`${path}.delivery.values[${index}]`, mistake)];
  });
}

/**
 * Keys are deleted where rows have them, in one entity alone, and by one feed alone that says that it is the whole of them. A file is
 * never the whole of a table that keeps what each date delivered.
 */
export function deletionMistakes(pipeline: Outline, { path, value: entity }: Part<EntityDefinition>): string[] {
  const sources = entity.from.map((source, index) => {
    const { delivery, partition } = feedNamed(pipeline, source.feed) ?? {};
    return { source, place: `${path}.from[${index}].feed`, delivery, partition };
  });
  const deleting = sources.filter(({ delivery }) => delivery !== undefined && delivery.kind !== 'merge');
  if (entity.replaces || entity.append)
    return deleting.map(({ place, source, delivery }) =>
      at(
        place,
        `the delivery of ${source.feed} is ${delivery!.kind}, which deletes by key, and ${entity.name} has none. Leave delivery out, or give the entity a key`,
      ),
    );
  const whole = deleting.filter(({ delivery }) => delivery?.kind === 'snapshot');
  return [
    ...deleting.flatMap(({ source, place, delivery }) => {
      const other = pipeline.entities.sound.find(({ value }) => value.from.some(({ feed }) => feed === source.feed))!.value;
      if (other.name === entity.name) return [];
      return [
        at(
          place,
          `the delivery of ${source.feed} is ${delivery!.kind}, which deletes keys of each entity that it fills, and it fills ${other.name} too. Let it fill one entity alone, and give other entities a feed of their own`,
        ),
      ];
    }),
    ...whole.flatMap(({ source, place, partition }) =>
      partition && 'group' in partition && entity.key?.includes(partition.column) && source.set?.[partition.column] === undefined
        ? [
            at(
              place,
              `the delivery of ${source.feed} is snapshot, and ${partition.column}, the date of each file, is in the key of ${entity.name}, so that each file would delete the rows of all other dates. Leave it out of the key, or leave delivery out`,
            ),
          ]
        : [],
    ),
    ...otherWholes(pipeline, entity, whole),
  ];
}

interface Whole {
  readonly source: EntityDefinition['from'][number];
  readonly place: string;
}

function otherWholes(pipeline: Outline, entity: EntityDefinition, whole: readonly Whole[]): string[] {
  const scopeOf = ({ source }: Whole) => keyScope(entity.key ?? [], source.set ?? {});
  const column = (name: string) => outlinedColumn(pipeline, entity, name).column;
  return whole.flatMap((each, index) => {
    const other = whole.slice(0, index).find((earlier) => !areApart(scopeOf(earlier), scopeOf(each), column));
    return other === undefined
      ? []
      : [
          at(
            each.place,
            `${each.source.feed} and ${other.source.feed} both deliver snapshots of ${entity.name}, so that each would delete the keys of the other. Set a column of the key to another value for each, of type integer, text, code, choice, boolean or date`,
          ),
        ];
  });
}
