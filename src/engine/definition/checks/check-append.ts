import { columnsOfAppend, runColumns } from '../../append/append-columns.js';
import { bulkName, copyName, dictionaryName } from '../../names.js';
import { csvFormat, formatKind, keptColumn } from '../../read/format.js';
import { lookUp, type FeedOutline, type Outline, type Part } from '../outline.js';
import { at } from '../shape-mistakes.js';
import type { ColumnDefinition, EntityDefinition } from '../types.js';
import { copyMistakes, placeMistakes } from './check-stored-rows.js';
import { feedNamed, type OutlinedColumn } from './entity-columns.js';

type Append = Part<EntityDefinition>;
/** Its columns by name. */
type Columns = ReadonlyMap<string, OutlinedColumn>;

/** Mistakes of an entity to which rows are appended, beyond those that every entity may have. */
export function appendMistakes(pipeline: Outline, entity: Append, columns: Columns): string[] {
  const { path, value } = entity;
  const has = (property: 'key' | 'indexes' | 'replaces') =>
    value[property] === undefined ? [] : [at(`${path}.${property}`, 'has no effect where rows are appended. Leave it out')];
  return [
    ...has('key'),
    ...has('replaces'),
    ...has('indexes'),
    ...feedMistakes(pipeline, entity),
    ...placeMistakes(entity, columns),
    ...copyMistakes(entity, columns),
    ...tableMistakes(entity, columns),
  ];
}

/** What only an append entity can do with its columns, in another one. */
export function notAppended({ path, value }: Append, columns: Columns): string[] {
  const only = (['cell', 'order', 'copies'] as const).flatMap((property) =>
    value[property] === undefined ? [] : [at(`${path}.${property}`, 'is of append entities alone. Add append: true, or leave it out')],
  );
  const ofColumns = [...columns].flatMap(([name, { column }]) => {
    const kind = column?.type.kind === 'point' ? 'a point' : isDictionary(column) ? 'a text with a dictionary' : undefined;
    return kind === undefined ? [] : [at(path, `${name} is ${kind}, which append entities alone can hold. Add append: true`)];
  });
  return [...only, ...ofColumns];
}

function feedMistakes(pipeline: Outline, { path, value }: Append): string[] {
  const [source, ...others] = value.from;
  const place = `${path}.from[0]`;
  const feed = feedNamed(pipeline, source?.feed ?? '');
  const filled = pipeline.entities.sound.filter(({ value: { from } }) => from.some((each) => each.feed === source?.feed));
  return [
    ...(others.length > 0 ? [at(`${path}.from`, 'may name one feed alone where rows are appended')] : []),
    ...(source?.where ? [at(`${place}.where`, 'has no effect where rows are appended. Leave it out')] : []),
    ...(source?.set ? [at(`${place}.set`, 'has no effect where rows are appended. Leave it out')] : []),
    ...(filled.length > 1 && filled[0]?.path === path
      ? [at(`${place}.feed`, `fills other entities too, but appended rows go nowhere else. Let it fill ${value.name} alone`)]
      : []),
    ...value.values.flatMap((name, index) =>
      name === feed?.partition?.column ? [at(`${path}.values[${index}]`, `${name} is in no file. Leave it out`)] : [],
    ),
    ...(feed ? formatMistakes(feed) : []),
  ];
}

/** Rows go to the table as they are scanned, and the scanner of CSV is the one that does it. */
function formatMistakes({ path, name, format, columns }: FeedOutline): string[] {
  if (format === null) return [];
  const csv = csvFormat(format);
  const derived = columns.sound.find(({ value: { derive } }) => derive);
  return [
    ...(formatKind(format) === 'csv' ? [] : [at(`${path}.format.kind`, `must be csv, because rows of ${name} are appended`)]),
    ...(csv?.nulls || csv?.quotedEmpty
      ? [at(`${path}.format`, `can't say what NULL is (nulls, quotedEmpty), because rows of ${name} are appended. Leave it out`)]
      : []),
    ...(keptColumn(format) === undefined
      ? []
      : [at(`${path}.format.extraColumns`, `can't keep columns, because rows of ${name} are appended. Use 'ignore'`)]),
    ...(derived ? [at(`${derived.path}.derive`, `is not possible in ${name}, because its rows are appended. Leave it out`)] : []),
    ...columns.sound.flatMap(columnMistakes),
  ];
}

function columnMistakes({ path, value: { name, type, nullable, reason } }: Part<ColumnDefinition>): string[] {
  const isCoded = type.kind === 'point' || isDictionary({ type });
  const hasFull = typeof reason !== 'string' && reason.full !== undefined;
  return [
    ...(isCoded && nullable ? [at(`${path}.nullable`, `is not possible for ${name}, which is stored as numbers. Leave it out`)] : []),
    ...(isDictionary({ type }) && !hasFull
      ? [at(`${path}.reason`, 'must be { bad, empty, full }: a dictionary has no room for a new value when it holds 65,535')]
      : []),
  ];
}

/** Names of columns and tables that are made of those of the values. */
function tableMistakes({ path, value }: Append, columns: Columns): string[] {
  const known = value.values.flatMap((name) => columns.get(name)?.column ?? []);
  const names = known.flatMap((column) => columnsOfAppend(column).map((each) => ({ name: each.name, of: column.name })));
  return [
    ...names.flatMap(({ name, of }, index) => {
      const place = `${path}.values[${value.values.indexOf(of)}]`;
      if (runColumns.includes(name)) return [at(place, `${name} is a column of the table anyway. Give the column another name`)];
      const other = names.findIndex((each) => each.name === name);
      return other < index ? [at(place, `makes the column ${name}, which ${names[other]!.of} makes already. Rename one`)] : [];
    }),
  ];
}

function isDictionary(column: Pick<ColumnDefinition, 'type'> | undefined): boolean {
  return column?.type.kind === 'text' && column.type.dictionary === true;
}

/** The tables of dictionaries and of copies, which are claimed beside those of entities. */
export function appendClaims(pipeline: Outline): readonly { readonly table: string; readonly path: string }[] {
  return pipeline.entities.sound.flatMap(({ path, value }) => {
    const feed = value.append && feedNamed(pipeline, value.from[0]?.feed ?? '');
    const bulk = bulkName(pipeline, value.name);
    return [
      ...value.values.flatMap((name, index) =>
        feed && isDictionary(lookUp(feed.columns, name).value)
          ? [{ table: dictionaryName(bulk, name), path: `${path}.values[${index}]` }]
          : [],
      ),
      ...(value.copies ?? []).map(({ cell }, index) => ({ table: copyName(bulk, cell), path: `${path}.copies[${index}].cell` })),
    ];
  });
}
