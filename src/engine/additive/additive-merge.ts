import { bulkName, sumsName } from '../names.js';
import type { PipelineDefinition } from '../definition/types.js';
import { notCode } from '../marts/comments-and-strings.js';
import { qualifiedName } from '../sql/create-table.js';
import { columnList, identifier } from '../sql/identifier.js';
import { combined } from './additive-tables.js';
import { pendingLoad, pendingName, type AdditiveMart } from './additive-mart.js';

/** `landed.<entity>` or `added.<mart>`, or a text or comment: then the group is empty. */
const read = new RegExp(`${notCode.source}|(?<![\\w.$])(?:landed|added)\\.([a-z0-9_]+)`, 'g');

/** How the groups of a load get into an additive mart. */
export interface AdditiveMerge {
  readonly pipeline: string;
  readonly entity: string;
  readonly target: string;
  /** The table of its rows, as SQL has it: that of the entity, or a copy of it. */
  readonly source: string;
  readonly checksum: Buffer;
  readonly adds: AddsRows | AddsGroups;
  readonly removeAll: string;
}

/**
 * Adds the groups of some rows to what the load has added so far; what another load had added becomes part of the sums first. Each row must
 * be added once.
 */
export interface AddsRows {
  readonly kind: 'rows';
  /** Of rows of that many runs. Binds the runs, the first cell and the one behind the last, and the load. */
  readonly add: (runs: number) => string;
}

/** Adds up the groups of another additive mart, which come before its own: they are far fewer than rows. */
export interface AddsGroups {
  readonly kind: 'groups';
  /** The other one. */
  readonly target: string;
  /** What a load has added to it in a range of cells. Binds the load, the first cell and the one behind the last, and the load again. */
  readonly add: string;
  /** All that it shows. Binds the load that this is added for. */
  readonly addShown: string;
}

export function renderAdditiveMerge(mart: AdditiveMart, pipeline: Pick<PipelineDefinition, 'name' | 'tablePrefix'>): AdditiveMerge {
  const source = qualifiedName(mart.source ?? bulkName(pipeline, mart.entity));
  const table = qualifiedName(sumsName(mart.target));
  return {
    pipeline: pipeline.name,
    entity: mart.entity,
    target: mart.target,
    source,
    checksum: mart.checksum,
    adds: mart.from
      ? {
          kind: 'groups',
          target: mart.from.target,
          add: addGroups(mart, table, rowsFrom(mart, addedTo(mart.from))),
          addShown: addGroups(mart, table, rowsFrom(mart, qualifiedName(mart.from.target))),
        }
      : { kind: 'rows', add: (runs) => addGroups(mart, table, rowsFrom(mart, rowsOfRuns(source, runs))) },
    removeAll: `delete from ${table}`,
  };
}

function addGroups(mart: AdditiveMart, table: string, rows: string): string {
  const key = mart.key.map(({ name }) => name);
  const added = mart.values.map(pendingName);
  const isOfLoad = `${table}.${identifier(pendingLoad)} = l.load_id`;
  const own = (name: string) => `${table}.${identifier(name)}`;
  // Groups come in the order in which `rows` gives them: where they are many it says sql_big_result and groups by the key, and sorting them
  // once more would cost a fifth of the work. From left to right, each sees what those before it have set: the load comes last.
  const updates = [
    ...mart.values.map((value) => {
      const former = own(value.name);
      const last = own(pendingName(value));
      return `${former} = if(${isOfLoad}, ${former}, ${combined(value, `coalesce(${former}, ${value.combine === 'sum' ? '0' : last})`, last)})`;
    }),
    ...mart.values.map((value) => {
      const last = own(pendingName(value));
      const more = `c.${identifier(value.name)}`;
      return `${last} = if(${isOfLoad}, ${combined(value, last, more)}, ${more})`;
    }),
    `${own(pendingLoad)} = l.load_id`,
  ];
  return `insert into ${table} (${columnList([...key, pendingLoad, ...added])})
with computed (${columnList(mart.columns)}) as (
${rows}
)
select ${columnList(key, 'c')}, l.load_id, ${columnList(
    mart.values.map(({ name }) => name),
    'c',
  )}
from computed c
cross join (select cast(? as unsigned) as load_id) l
where true
on duplicate key update
  ${updates.join(',\n  ')}`;
}

/** The mart's SELECT, of this source. */
function rowsFrom({ rows }: AdditiveMart, source: string): string {
  return rows.replace(read, (text, named?: string) => (named === undefined ? text : source));
}

/** The rows of some runs whose cells lie in a range. */
function rowsOfRuns(source: string, runs: number): string {
  const list = Array.from({ length: runs }, () => '?').join(', ');
  return `(select * from ${source} where run in (${list}) and cell >= ? and cell < ?)`;
}

/** What a load has added to a mart's groups in a range of cells. */
function addedTo({ target, key, values }: AdditiveMart): string {
  const columns = [
    ...key.map(({ name }) => identifier(name)),
    ...values.map((value) => `${identifier(pendingName(value))} as ${identifier(value.name)}`),
  ];
  return `(select ${columns.join(', ')} from ${qualifiedName(sumsName(target))} where ${identifier(pendingLoad)} = ? and cell >= ? and cell < ?)`;
}
