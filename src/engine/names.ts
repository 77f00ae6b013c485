import type { PipelineDefinition } from './definition/types.js';
import { identifierPattern } from './sql/identifier.js';

/*
 * The only maker of the names of tables. A name is `schema.table`, without the prefix that the warehouse's schemas take: `bulk.games`;
 * `qualifiedName` quotes it for SQL. All pipelines of a warehouse share its schemas: a pipeline's tablePrefix keeps the tables of its feeds
 * and entities apart from those of others. Surrogates, vault tables and marts are called what their author calls them.
 */

/** What decides the names of a pipeline's tables. */
export type TableOwner = Pick<PipelineDefinition, 'tablePrefix'>;

const prefixed = ({ tablePrefix = '' }: TableOwner, name: string): string => `${tablePrefix}${name}`;

export const stagingName = (owner: TableOwner, feed: string): string => `staging.${prefixed(owner, feed)}`;
export const bulkName = (owner: TableOwner, entity: string): string => `bulk.${prefixed(owner, entity)}`;
export const changesName = (owner: TableOwner, entity: string): string => `gear.changes_${prefixed(owner, entity)}`;
/** Of an entity's table `bulk`: the values of a column of which rows hold the numbers. */
export const dictionaryName = (bulk: string, column: string): string => `${bulk}_${column}`;
/** Of an append entity's table `bulk`: its rows once more, by the cell of another point. */
export const copyName = (bulk: string, cell: string): string => `${bulk}_by_${cell}`;
/** Of an entity with tombstones: which keys are deleted, and where that stands in the order of deliveries. */
export const deletedName = (owner: TableOwner, entity: string): string => `gear.deleted_${prefixed(owner, entity)}`;
/** The temporary table in which a batch of an entity is merged. */
export const workName = (owner: TableOwner, entity: string): string => `gear.work_${prefixed(owner, entity)}`;
/** The ids of an entity's keys. */
export const idsName = (owner: TableOwner, entity: string): string => `gear.ids_${prefixed(owner, entity)}`;

/** The view of what is kept of the rows of an entity for an area's questions. */
export const keptSumsName = (owner: TableOwner, entity: string, area: string, what: string): string =>
  `gear.${prefixed(owner, entity)}_${area}_${what}`;
/** The table behind the view of an additive mart. */
export const sumsName = (target: string): string => `${target}_sums`;

export const surrogateName = (surrogate: string): string => `gear.${surrogate}`;
export const hubName = (hub: string): string => `vault.hub_${hub}`;
export const linkName = (link: string): string => `vault.link_${link}`;
export const satelliteName = (satellite: string): string => `vault.sat_${satellite}`;
/** The satellite that says when the relations of a link began and ended. */
export const effectivityName = (link: string): string => `vault.eff_sat_${link}`;
/** The satellite that says when the keys of an entity were there, and when they were deleted. */
export const statusName = (owner: TableOwner, entity: string): string => `vault.sts_${prefixed(owner, entity)}`;

/** The table that holds the number of rows and the sums of each group of a mart's rows. */
export function countTableName({ name }: { readonly name: string }, { columns }: { readonly columns: readonly string[] }): string {
  return `gear.${name}_by_${columns.join('_and_')}`;
}

/** The work table of a mart's affected keys; empty but inside of the mart's transaction. */
export function keyTableName({ name }: { readonly name: string }): string {
  return `gear.affected_${name}`;
}

/** The name of an index, as long as servers allow. */
export const indexName = (columns: readonly string[]): string => `by_${columns.join('_and_')}`.slice(0, 64);

/** A table's name without its schema. */
export const tableOf = (name: string): string => name.slice(name.indexOf('.') + 1);

/** Whether servers take the name: the table's part of it has at most 64 characters. */
export const isTableName = (name: string): boolean => identifierPattern.test(tableOf(name));
