import { createHash } from 'node:crypto';
import type { EntityRead } from '../change-consumer.js';
import type { PipelineDefinition } from '../definition/types.js';
import type { Mart, MartCatalog } from '../marts/mart.js';
import type { MartRefresh } from '../marts/mart-refresh.js';
import { deletesKeys } from '../entities/deletes.js';
import { entitiesOf, keyedEntities, readOf } from '../entities/entity.js';
import { StrataError } from '../strata-error.js';
import { qualifiedName } from '../sql/create-table.js';
import { columnList } from '../sql/identifier.js';
import { changedRows, joinNewest, orderOf } from './changed-rows.js';
import type { ProcessedTable } from './processed-table.js';
import { checkProcessed, type Report } from './check-processed.js';
import { restoreIds } from './restore-ids.js';

interface Wanted {
  /** In the definition. */
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
  /** Facts by their ids. */
  const factOf = new Map<string, string>();
  if (definition.processed && wanted.length === 0) mistakes.push('processed: has no facts and no dimensions. Name a mart, or take it out');
  const tables = wanted.flatMap((each, index) => {
    const report: Report = (part, what) => {
      mistakes.push(`${each.newest === undefined ? each.place : `${each.place}.${part}`}: ${what}`);
    };
    if (wanted.findIndex(({ mart }) => mart === each.mart) < index) report('mart', `${each.mart} is named twice. Take one out`);
    const mart = martOf(catalog, each.mart, (what) => report('mart', what));
    const newest = each.newest === undefined ? undefined : martOf(catalog, each.newest, (what) => report('newest', what));
    const view = each.view === undefined ? undefined : `bus.${each.view}`;
    if (view !== undefined && !catalog.views.some(({ target }) => target === view))
      report('view', `there is no view ${view}. Correct the name, or add its file`);
    if (!mart || (each.newest !== undefined && !newest)) return [];
    checkProcessed(mart, newest, deleting, report);
    const [id = ''] = mart.key;
    const ids = newest && mart.key.length === 1 ? restoreIds(mart, entitiesOf(definition)) : undefined;
    if (typeof ids === 'object') report('mart', ids.mistake);
    const other = newest && factOf.get(id);
    if (other !== undefined && other !== mart.target)
      report('mart', `${mart.target} has the ids of ${other}, and a rebuild gives them back from one table alone. Take one out`);
    if (newest) factOf.set(id, mart.target);
    return [tableOf(definition, { mart, newest, view, ids: typeof ids === 'string' ? ids : undefined }, refreshes)];
  });
  if (mistakes.length === 0) return tables;
  throw new StrataError('definition', `the processed bucket of ${definition.name} can't be written:\n${mistakes.join('\n')}`);
}

function martOf({ marts }: MartCatalog, name: string, report: (what: string) => void): Mart | undefined {
  const mart = marts.find(({ target }) => target === `bus.${name}`);
  if (!mart) report(`there is no mart bus.${name} that is refreshed by keys. Correct the name, or add its file`);
  return mart;
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
    checksum: newest ? checksumOf(mart, newest) : mart.checksum,
    after,
    columns: mart.columns,
    key: mart.key,
    newest: newest && { mart: newest.target, key: newest.key, columns: newest.columns, view },
    all: `select ${columnList(names(mart), 't')}\nfrom ${qualifiedName(mart.target)} t${joinNewest(mart, newest)}\norder by ${orderOf(mart, newest)}`,
    changed: changedRows(mart, newest, read),
    restoreIds: ids,
  };
}

/** Another SQL of either may make another row the newest. */
function checksumOf(...marts: readonly Mart[]): Buffer {
  const hash = createHash('sha256');
  for (const { checksum } of marts) hash.update(checksum);
  return hash.digest();
}

const names = ({ columns }: Mart) => columns.map(({ name }) => name);
