import { areApart, keyScope } from '../../../entities/deletes.js';
import { lookUp, type FeedOutline, type Outline, type Part } from '../../outline.js';
import { at } from '../../shape-mistakes.js';
import type { EntityDefinition } from '../../types.js';
import { feedNamed } from '../entity-columns.js';
import { valueMistake } from '../value-mistake.js';

/** Mistakes in what a feed says of keys that are gone, as far as the feed alone shows them. */
export function deliveryMistakes({ path, name, delivery, columns }: FeedOutline): string[] {
  if (delivery?.kind !== 'tombstones') return [];
  const found = lookUp(columns, delivery.column);
  if (found.absent) return [at(`${path}.delivery.column`, `feed ${name ?? ''} has no column ${delivery.column}; name one of its columns`)];
  const { value: column } = found;
  if (column?.derive)
    return [at(`${path}.delivery.column`, `${column.name} is made of another column when a row is landed; name a column of the file`)];
  return delivery.values.flatMap((value, index, all) => {
    const mistake = all.indexOf(value) < index ? 'is there already; leave it out' : column && valueMistake(value, column);
    return mistake === undefined ? [] : [at(`${path}.delivery.values[${index}]`, mistake)];
  });
}

/** Keys are deleted where rows have them, and by one feed alone that says that it is the whole of them. */
export function deletionMistakes(pipeline: Outline, { path, value: entity }: Part<EntityDefinition>): string[] {
  const sources = entity.from.map((source, index) => ({
    source,
    place: `${path}.from[${index}].feed`,
    delivery: feedNamed(pipeline, source.feed)?.delivery,
  }));
  const deleting = sources.filter(({ delivery }) => delivery !== undefined && delivery.kind !== 'merge');
  if (entity.replaces || entity.append)
    return deleting.map(({ place, source, delivery }) =>
      at(
        place,
        `the delivery of ${source.feed} is ${delivery!.kind}, which deletes by key, and ${entity.name} has none; leave delivery out, or give the entity a key`,
      ),
    );
  const whole = deleting.filter(({ delivery }) => delivery?.kind === 'snapshot');
  return whole.flatMap(({ source, place }, index) => {
    const scope = keyScope(entity.key ?? [], source.set ?? {});
    const other = whole.slice(0, index).find((earlier) => !areApart(keyScope(entity.key ?? [], earlier.source.set ?? {}), scope));
    return other === undefined
      ? []
      : [
          at(
            place,
            `${source.feed} and ${other.source.feed} both deliver snapshots of ${entity.name}, so that each would delete the keys of the other; set a column of the key to another value for each`,
          ),
        ];
  });
}
