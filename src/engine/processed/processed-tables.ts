import type { EntityRead } from '../change-consumer.js';
import type { PipelineDefinition } from '../definition/types.js';
import { parquetType } from '../exports/parquet-types.js';
import type { Mart, MartCatalog } from '../marts/mart.js';
import type { MartRefresh } from '../marts/mart-refresh.js';
import { deletesKeys } from '../entities/deletes.js';
import { entitiesOf, keyedEntities, readOf } from '../entities/entity.js';
import { StrataError } from '../strata-error.js';
import { qualifiedName } from '../sql/create-table.js';
import { columnList } from '../sql/identifier.js';
import { changedRows, joinNewest, orderOf } from './changed-rows.js';
import type { ProcessedTable } from './processed-table.js';
import { restoreIds } from './restore-ids.js';

interface Wanted {
  readonly place: string;
  readonly mart: string;
  readonly newest?: string | undefined;
  readonly view?: string | undefined;
}

/**
 * The tables of a pipeline's processed bucket, checked against its marts. Throws a StrataError `definition` that lists every mistake with
 * its place in the definition.
 */
export function processedTables(
  definition: PipelineDefinition,
  catalog: MartCatalog,
  refreshes: readonly MartRefresh[],
): readonly ProcessedTable[] {
  const { facts = [], dimensions = [] } = definition.processed ?? {};
  const wanted: readonly Wanted[] = [
    ...facts.map((fact, index) => ({ place: `processed.facts[${index}]`, ...fact })),
    ...dimensions.map((mart, index) => ({ place: `processed.dimensions[${index}]`, mart })),
  ];
  const deleting = keyedEntities(definition).filter(deletesKeys);
  const mistakes: string[] = [];
  if (definition.processed && wanted.length === 0) mistakes.push('processed: needs facts or dimensions');
  const tables = wanted.flatMap((each, index) => {
    const report = (what: string) => void mistakes.push(`${each.place}: ${what}`);
    if (wanted.findIndex(({ mart }) => mart === each.mart) < index) report(`${each.mart} is named twice. Take one out`);
    const mart = martOf(catalog, each.mart, report);
    const newest = each.newest === undefined ? undefined : martOf(catalog, each.newest, report);
    if (!mart || (each.newest !== undefined && !newest)) return [];
    checkMart(mart, newest, report);
    for (const { name } of deleting)
      if ([mart, newest].some((read) => read?.reads.includes(name)))
        report(
          `${each.mart} reads ${name}, whose keys can be deleted, and rows never leave the processed bucket. Take the mart out, or leave delivery of the feeds of ${name} out`,
        );
    const ids = newest && restoreIds(mart, entitiesOf(definition));
    if (typeof ids === 'object') report(ids.mistake);
    const view = each.view === undefined ? undefined : `bus.${each.view}`;
    if (view !== undefined && !catalog.views.some(({ target }) => target === view)) report(`there is no view ${view}`);
    return [tableOf(definition, { mart, newest, view, ids: typeof ids === 'string' ? ids : undefined }, refreshes)];
  });
  if (mistakes.length === 0) return tables;
  throw new StrataError('definition', `the processed bucket of ${definition.name} can't be written:\n${mistakes.join('\n')}`);
}

function martOf({ marts }: MartCatalog, name: string, report: (what: string) => void): Mart | undefined {
  const mart = marts.find(({ target }) => target === `bus.${name}`);
  if (!mart) report(`there is no mart bus.${name} that is refreshed by keys`);
  return mart;
}

function checkMart(mart: Mart, newest: Mart | undefined, report: (what: string) => void): void {
  for (const { name, type } of mart.columns)
    if (parquetType(type) === undefined) report(`${mart.target}.${name}: Parquet has no type for ${type}`);
  if (mart.affected.length === 0) report(`${mart.target} reads no changes, so nobody can tell when its rows change`);
  if (!newest) return;
  const same = (column: Mart['columns'][number]) => newest.columns.some(({ name, type }) => name === column.name && type === column.type);
  const other = mart.columns.filter((column) => !same(column)).map(({ name }) => name);
  if (other.length > 0 || newest.columns.length !== mart.columns.length)
    report(`${newest.target} needs the columns of ${mart.target}, with the same types${other.length > 0 ? `: ${other.join(', ')}` : ''}`);
  if (mart.key.length !== 1) report(`the key of ${mart.target} must be one id`);
  if (newest.refreshBy.length !== newest.key.length) report(`${newest.target} must be refreshed by its whole key`);
}

interface Parts {
  readonly mart: Mart;
  readonly newest: Mart | undefined;
  readonly view: string | undefined;
  readonly ids: string | undefined;
}

function tableOf(definition: PipelineDefinition, { mart, newest, view, ids }: Parts, refreshes: readonly MartRefresh[]): ProcessedTable {
  const marts = newest ? [mart, newest] : [mart];
  const after = marts.map(({ target }) => refreshes.find((refresh) => refresh.target === target)!);
  const all = keyedEntities(definition).map(readOf);
  const read: EntityRead[] = all.filter(({ entity }) => marts.some(({ reads }) => reads.includes(entity)));
  return {
    pipeline: definition.name,
    name: mart.name,
    kind: newest ? 'facts' : 'dimension',
    target: `processed.${mart.name}`,
    mart: mart.target,
    feeds: [...new Set(after.flatMap(({ feeds }) => feeds))],
    entities: read,
    checksum: mart.checksum,
    after,
    columns: mart.columns,
    key: mart.key,
    newest: newest && { mart: newest.target, key: newest.key, view },
    all: `select ${columnList(names(mart), 't')}\nfrom ${qualifiedName(mart.target)} t${joinNewest(mart, newest)}\norder by ${orderOf(mart, newest)}`,
    changed: changedRows(mart, newest, read),
    restoreIds: ids,
  };
}

const names = ({ columns }: Mart) => columns.map(({ name }) => name);
