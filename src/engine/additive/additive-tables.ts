import type { Table } from '../bulk/tables.js';
import { indexName, sumsName } from '../names.js';
import { qualifiedName } from '../sql/create-table.js';
import { columnList, identifier, stringLiteral } from '../sql/identifier.js';
import { pendingLoad, pendingName, type AdditiveMart, type AdditiveValue } from './additive-mart.js';

/**
 * The groups of an additive mart: what former loads added up to, null where there were none, and beside it what the last load added. So
 * a load can be added in many transactions and shows as a whole.
 */
export function sumsTable(mart: AdditiveMart): Table {
  return {
    name: sumsName(mart.target),
    columns: [
      ...mart.key,
      { name: pendingLoad, type: 'bigint unsigned not null' },
      ...mart.values.map(({ name, type }) => ({ name, type: `${type} null` })),
      ...mart.values.map((value) => ({ name: pendingName(value), type: `${value.type} not null` })),
    ],
    primaryKey: mart.key.map(({ name }) => name),
    indexes: mart.indexes.map((columns) => ({ name: indexName(columns), columns })),
    comment: `groups of ${mart.target}, each with what the last load added to it`,
  };
}

/** The view of what visible loads added up to. It is merged into the queries that read it, so that they use the table's indexes. */
export function sumsView(mart: AdditiveMart, pipeline: string): string {
  const hidden = `m.load_id <=> s.${identifier(pendingLoad)}`;
  const [first] = mart.values;
  const columns = [
    ...mart.key.map(({ name }) => columnList([name], 's')),
    ...mart.values.map((value) => `${shown(value, hidden)} as ${identifier(value.name)}`),
  ];
  return `create or replace algorithm = merge sql security definer view ${qualifiedName(mart.target)} as
select ${columns.join(',\n  ')}
from ${qualifiedName(sumsName(mart.target))} s
left join gear.additive_merges m on m.pipeline = ${stringLiteral(pipeline)} and m.entity = ${stringLiteral(mart.entity)}
where s.${identifier(first!.name)} is not null or not (${hidden})`;
}

function shown(value: AdditiveValue, hidden: string): string {
  const former = columnList([value.name], 's');
  const added = columnList([pendingName(value)], 's');
  if (value.combine === 'sum') return `coalesce(${former}, 0) + if(${hidden}, 0, ${added})`;
  return `if(${hidden}, ${former}, ${combined(value, `coalesce(${former}, ${added})`, added)})`;
}

/** Two values of groups as that of one. */
export function combined({ combine }: Pick<AdditiveValue, 'combine'>, one: string, other: string): string {
  return combine === 'sum' ? `${one} + ${other}` : `${combine === 'min' ? 'least' : 'greatest'}(${one}, ${other})`;
}
