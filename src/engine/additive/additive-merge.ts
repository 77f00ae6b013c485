import { bulkName, sumsName } from '../names.js';
import type { PipelineDefinition } from '../definition/types.js';
import { notCode } from '../marts/comments-and-strings.js';
import { qualifiedName } from '../sql/create-table.js';
import { columnList, identifier } from '../sql/identifier.js';
import { combined } from './additive-tables.js';
import { pendingLoad, pendingName, type AdditiveMart } from './additive-mart.js';

/** `landed.<entity>`, or what is no code: then the group is empty. */
const landed = new RegExp(`${notCode.source}|(?<![\\w.$])landed\\.([a-z0-9_]+)`, 'g');

/** How the groups of a load get into an additive mart. */
export interface AdditiveMerge {
  readonly pipeline: string;
  readonly entity: string;
  readonly target: string;
  /** The table of the entity, as SQL has it. */
  readonly source: string;
  readonly checksum: Buffer;
  /**
   * Adds the groups of some rows of that many runs to what the load has added so far; what another load had added becomes part of the sums
   * first. Each row must be added once. Binds the runs, the first cell and the one behind the last, and the load.
   */
  readonly add: (runs: number) => string;
  readonly removeAll: string;
}

export function renderAdditiveMerge(mart: AdditiveMart, pipeline: Pick<PipelineDefinition, 'name' | 'tablePrefix'>): AdditiveMerge {
  const source = qualifiedName(bulkName(pipeline, mart.entity));
  const table = qualifiedName(sumsName(mart.target));
  return {
    pipeline: pipeline.name,
    entity: mart.entity,
    target: mart.target,
    source,
    checksum: mart.checksum,
    add: (runs) => addGroups(mart, table, rowsOfRuns(mart, source, runs)),
    removeAll: `delete from ${table}`,
  };
}

function addGroups(mart: AdditiveMart, table: string, rows: string): string {
  const key = mart.key.map(({ name }) => name);
  const added = mart.values.map(pendingName);
  const isOfLoad = `${table}.${identifier(pendingLoad)} = l.load_id`;
  const own = (name: string) => `${table}.${identifier(name)}`;
  // From left to right, each sees what those before it have set: the load comes last.
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
order by ${columnList(key, 'c')}
on duplicate key update
  ${updates.join(',\n  ')}`;
}

/** The mart's SELECT of the rows of some runs whose cells lie in a range. */
function rowsOfRuns({ rows }: AdditiveMart, source: string, runs: number): string {
  const list = Array.from({ length: runs }, () => '?').join(', ');
  return rows.replace(landed, (text, named?: string) =>
    named === undefined ? text : `(select * from ${source} where run in (${list}) and cell >= ? and cell < ?)`,
  );
}
