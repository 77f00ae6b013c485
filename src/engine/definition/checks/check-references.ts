import { keepsBlanks } from '../../bulk/same-value.js';
import type { EntityColumn } from '../../entities/entity.js';
import { isOfDays } from '../../bulk/surrogate-values.js';
import { sqlType } from '../../sql/column-types.js';
import type { ColumnType } from '../../types/column-type.js';
import { lookUp, type Outline } from '../outline.js';
import { at } from '../shape-mistakes.js';
import type { EntityDefinition } from '../types.js';
import { outlinedColumn } from './entity-columns.js';

/** Of a column that tells rows or names apart. */
export const blanksMistake = "keeps blanks at its end, which no key tells apart. Give its type trim: 'end', or leave its trim out";

/** An entity whose rows are merged by key. */
export type KeyedEntity = EntityDefinition & { readonly key: readonly string[] };

/** The entity or column to which a name refers. `mistake` if it certainly refers to nothing. */
export interface Resolved<Value> {
  readonly value?: Value;
  readonly mistake?: string;
}

export function resolveEntity(pipeline: Outline, name: string): Resolved<KeyedEntity> {
  const { value, absent } = lookUp(pipeline.entities, name);
  if (value?.append) return { mistake: `entity ${name} is appended to, so it has no changes to be taken in. Name one with a key` };
  if (value?.replaces)
    return { mistake: `entity ${name} replaces its partitions, so it has no changes to be taken in. Name one with a key` };
  if (value) return value.key ? { value: { ...value, key: value.key } } : {};
  return absent ? { mistake: `there is no entity ${name}. Name one of entities` } : {};
}

/** An entity's column; a mistake when the entity does not keep it. */
export function resolveColumn(pipeline: Outline, entityName: string, name: string): Resolved<EntityColumn> {
  const { value: entity } = resolveEntity(pipeline, entityName);
  if (!entity) return {};
  if (![...entity.key, ...entity.values].includes(name)) {
    return { mistake: `entity ${entityName} has no column ${name}. Name one of its key or values` };
  }
  const { column } = outlinedColumn(pipeline, entity, name);
  return column ? { value: column } : {};
}

/** Mistakes in a list of entity columns that feed one table, whose types must be one. With `days` dates and timestamps are one, NULL or not. */
export function sourceMistakes(
  pipeline: Outline,
  path: string,
  from: readonly { readonly entity: string; readonly column: string }[],
  { days = false }: { readonly days?: boolean } = {},
): string[] {
  const isDay = (columnType: ColumnType) => days && isOfDays(columnType);
  const seen = new Set<string>();
  let type: string | undefined;
  return from.flatMap(({ entity, column }, index) => {
    const place = `${path}.from[${index}]`;
    if (seen.has(`${entity}.${column}`)) return [at(place, `${entity}.${column} is there already. Leave it out`)];
    seen.add(`${entity}.${column}`);
    const mistake = resolveEntity(pipeline, entity).mistake;
    if (mistake) return [at(`${place}.entity`, mistake)];
    const resolved = resolveColumn(pipeline, entity, column);
    if (resolved.mistake) return [at(`${place}.column`, resolved.mistake)];
    const own = resolved.value && (isDay(resolved.value.type) ? 'date' : sqlType(resolved.value.type));
    if (resolved.value?.nullable && !isDay(resolved.value.type))
      return [at(`${place}.column`, `${entity}.${column} is nullable. Hubs and surrogates need a value in each row`)];
    if (resolved.value && keepsBlanks(resolved.value.type)) return [at(`${place}.column`, `${entity}.${column} ${blanksMistake}`)];
    type ??= own;
    if (own === undefined || own === type) return [];
    return [at(`${place}.column`, `is ${own}, but the first one is ${type}. The same values need the same type`)];
  });
}

/** Mistakes of the surrogates' own: names, sources and first values. */
export function surrogateMistakes(pipeline: Outline): string[] {
  return pipeline.surrogates.sound.flatMap(({ path, value: surrogate }) => {
    const mistakes = sourceMistakes(pipeline, path, surrogate.from, { days: true });
    if (surrogate.id === surrogate.value) mistakes.push(at(`${path}.value`, `is the same as id. The table has a column for each`));
    const types = surrogate.from.flatMap(({ entity, column }) => resolveColumn(pipeline, entity, column).value?.type ?? []);
    if (types.some((type) => type.kind !== 'text' && type.kind !== 'choice' && !isOfDays(type))) {
      mistakes.push(
        at(`${path}.from`, 'must be columns of text or choice, or of dates and timestamps: surrogates are ids for names and days'),
      );
    }
    if (surrogate.initial && types.some(isOfDays)) mistakes.push(at(`${path}.initial`, 'are names, and these are days. Leave them out'));
    const longest = Math.max(0, ...types.map((type) => (type.kind === 'text' ? type.maxLength : 0)));
    if (longest > 768) {
      mistakes.push(at(`${path}.from`, `has a maxLength of ${longest}. Names are a unique key, which holds at most 768 characters`));
    }
    (surrogate.initial ?? []).forEach((name, index, all) => {
      if (all.indexOf(name) < index) mistakes.push(at(`${path}.initial[${index}]`, 'is there already. Leave it out'));
      const fits = types.every((type) => (type.kind === 'text' ? [...name].length <= type.maxLength : true));
      if (!fits) mistakes.push(at(`${path}.initial[${index}]`, `is longer than the column's maxLength, ${longest}`));
    });
    return mistakes;
  });
}
