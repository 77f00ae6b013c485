import { keepsBlanks } from '../../bulk/same-value.js';
import { columnNames, keySuffix } from '../../entities/entity.js';
import { feedGroups } from '../../entities/feed-groups.js';
import { indexName } from '../../names.js';
import { traitsOf } from '../../types/column-traits.js';
import { lookUp, type Outline, type Part } from '../outline.js';
import { at } from '../shape-mistakes.js';
import type { EntityDefinition } from '../types.js';
import { appendMistakes, notAppended } from './check-append.js';
import { blanksMistake } from './check-references.js';
import { checkEntitySize } from './check-sizes.js';
import { deletionMistakes } from './feeds/check-delivery.js';
import { feedNamed, lacks, outlinedColumn, type OutlinedColumn } from './entity-columns.js';
import { valueMistake } from './value-mistake.js';

/** Its columns by name. */
type Columns = ReadonlyMap<string, OutlinedColumn>;

/** Mistakes of the entities: their columns, and the feeds that fill them. */
export function entityMistakes(pipeline: Outline): string[] {
  const { sound, broken, listed } = pipeline.entities;
  const filled = new Set(sound.flatMap(({ value }) => value.from.map(({ feed }) => feed)));
  const idle = pipeline.feeds.filter(({ name }) => name !== undefined && !filled.has(name));
  const isCertain = listed && broken.size === 0;
  return [
    ...sound.flatMap((entity) => {
      const columns = new Map(
        columnNames(entity.value, partitionOf(pipeline, entity.value)).map((name) => [name, outlinedColumn(pipeline, entity.value, name)]),
      );
      const known = new Map([...columns].flatMap(([name, { column }]) => (column ? [[name, column]] : [])));
      return [
        ...(entity.value.append
          ? appendMistakes(pipeline, entity, columns)
          : [...kindMistakes(pipeline, entity), ...notAppended(entity, columns)]),
        ...columnMistakes(entity, columns),
        ...sourceMistakes(pipeline, entity, columns),
        ...deletionMistakes(pipeline, entity),
        ...checkEntitySize(entity, known),
      ];
    }),
    ...mixedGroups(pipeline),
    ...(isCertain ? idle : []).map(({ path, name }) =>
      at(path, `${name} fills no entity, so nothing would come of its rows. Name it in the from of one of entities`),
    ),
  ];
}

/** The column of the partition that an entity replaces. */
function partitionOf(pipeline: Outline, { replaces, from }: EntityDefinition): string | undefined {
  return replaces && feedNamed(pipeline, from[0]?.feed ?? '')?.partition?.column;
}

/** Rows that are not appended are either merged by a key or replaced by partition. */
function kindMistakes(pipeline: Outline, { path, value }: Part<EntityDefinition>): string[] {
  const { key, replaces, from, values } = value;
  if (!replaces)
    return key ? [] : [at(`${path}.key`, "is missing. Give it as a list, or replaces: 'partition' or append: true for rows without a key")];
  const partition = partitionOf(pipeline, value);
  const feed = from[0] && feedNamed(pipeline, from[0].feed);
  return [
    ...(value.ids === undefined ? [] : [at(`${path}.ids`, 'need a key to be ids of. Leave them out')]),
    ...(key ? [at(`${path}.key`, 'has no effect where partitions are replaced. Leave one of the two out')] : []),
    ...(from.length > 1 ? [at(`${path}.from`, 'may name one feed alone, as its loads replace all rows of their partition')] : []),
    ...(feed && !feed.partition
      ? [at(`${path}.from[0].feed`, `feed ${feed.name} has no partition that could be replaced. Give it one`)]
      : []),
    ...values.flatMap((name, index) =>
      name === partition
        ? [at(`${path}.values[${index}]`, `${name} is the partition's column, which the table has anyway. Leave it out`)]
        : [],
    ),
  ];
}

/** Deliveries of a date come after those of earlier dates, whatever their times; others have no place among them. */
function mixedGroups({ feeds, entities }: Outline): string[] {
  const named = feeds.flatMap(({ name }) => (name === undefined ? [] : [{ name }]));
  const groups = feedGroups({ feeds: named, entities: entities.sound.map(({ value }) => value) });
  return feeds.flatMap(({ path, name = '', partition }) => {
    const dated = feeds.find((other) => other.partition && groups.get(other.name ?? '') === groups.get(name));
    if (partition || !dated || !groups.has(name)) return [];
    const files = "partition: { column, value: '1000-01-01' } for files that belong to no date";
    return [at(path, `${name} fills common entities with ${dated.name}, which has a partition. Give it one too, or ${files}`)];
  });
}

function columnMistakes({ path, value }: Part<EntityDefinition>, columns: Columns): string[] {
  const { key = [], values, indexes = [], ids } = value;
  const lists = [
    { path: `${path}.key`, names: key },
    { path: `${path}.values`, names: values },
    ...indexes.map((names, index) => ({ path: `${path}.indexes[${index}]`, names })),
  ];
  const mistakes = lists.flatMap((list) =>
    list.names.flatMap((name, index) => {
      const place = `${list.path}[${index}]`;
      const { column, mistake } = columns.get(name) ?? {};
      if (list.names.indexOf(name) < index) return [at(place, `${name} is there already. Leave it out`)];
      if (list.path.includes('.indexes') && !columns.has(name))
        return [at(place, `${name} is neither in the entity's key nor in its values. Add it there or leave it out`)];
      if (mistake !== undefined) return list.path.includes('.indexes') ? [] : [at(place, mistake)];
      if (column && list.path !== `${path}.values` && traitsOf(column.type).keyBytes === undefined)
        return [at(place, `${name} is ${column.type.kind}, which a key can't hold. Leave it out`)];
      if (column && keepsBlanks(column.type) && list.path === `${path}.key`) return [at(place, `${name} ${blanksMistake}`)];
      if (column?.nullable && list.path === `${path}.key` && traitsOf(column.type).nullKey === undefined)
        return [
          at(
            place,
            `${name} is nullable, which only a date or a timestamp may be in a key. Leave nullable out, or the column out of the key`,
          ),
        ];
      return [];
    }),
  );
  values.forEach((name, index) => {
    if (key.includes(name)) mistakes.push(at(`${path}.values[${index}]`, `${name} is in the key. Leave it out of the values`));
  });
  const nullable = key.filter((name) => columns.get(name)?.column?.nullable);
  for (const name of nullable.filter((each) => [...key, ...values].includes(`${each}${keySuffix}`)))
    mistakes.push(
      at(`${path}.key`, `${name}${keySuffix} is what the key calls ${name}, which may be NULL. Rename the column of that name`),
    );
  if (ids !== undefined && [...key, ...nullable.map((name) => `${name}${keySuffix}`)].includes(ids))
    mistakes.push(at(`${path}.ids`, `${ids} is a column of the key. Choose another name for the ids`));
  const made = [...nullable, ...values].flatMap((name) => [`old_${name}`, `new_${name}`]);
  for (const name of key.filter((each) => made.includes(each))) {
    mistakes.push(at(`${path}.key`, `${name} is also what the table of changes calls a value's image. Rename the column`));
  }
  const indexNames = indexes.map(indexName);
  indexNames.forEach((name, index) => {
    if (indexNames.indexOf(name) < index)
      mistakes.push(at(`${path}.indexes[${index}]`, 'would have the name of an earlier index. Leave it out'));
  });
  return mistakes;
}

function sourceMistakes(pipeline: Outline, { path, value: entity }: Part<EntityDefinition>, columns: Columns): string[] {
  const areFeedsCertain = pipeline.feedsListed && pipeline.feeds.every(({ name }) => name !== undefined);
  return entity.from.flatMap((source, index, all) => {
    const place = `${path}.from[${index}]`;
    const feed = feedNamed(pipeline, source.feed);
    if (all.findIndex(({ feed: name }) => name === source.feed) < index)
      return [at(`${place}.feed`, `${source.feed} is there already. An entity takes the rows of a feed once`)];
    if (!feed) return areFeedsCertain ? [at(`${place}.feed`, `there is no feed ${source.feed}. Name one of feeds`)] : [];
    const mistakes: string[] = [];
    const filled = source.where?.filled;
    if (filled !== undefined && lookUp(feed.columns, filled).absent)
      mistakes.push(at(`${place}.where.filled`, `feed ${source.feed} has no column ${filled}. Name one of its columns`));
    for (const [name, { mistake }] of columns) {
      if (mistake === undefined && lacks(feed, source, name))
        mistakes.push(
          at(place, `feed ${source.feed} has no column ${name}. Add it to the feed, or give it a value here: set: { ${name}: '...' }`),
        );
    }
    for (const [name, text] of Object.entries(source.set ?? {})) {
      const column = columns.get(name);
      const mistake = column
        ? column.column && valueMistake(text ?? '', column.column)
        : "is neither in the entity's key nor in its values. Leave it out";
      if (mistake !== undefined) mistakes.push(at(`${place}.set.${name}`, mistake));
    }
    return mistakes;
  });
}
