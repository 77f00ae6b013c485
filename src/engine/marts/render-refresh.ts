import type { PipelineDefinition } from '../definition/types.js';
import { keyedEntities, readOf } from '../entities/entity.js';
import { appendedKeys } from './appended.js';
import { countedAgain, dropEmptyCounts, moveCounts } from './count-tables.js';
import { findKeys } from './find-keys.js';
import type { Mart, MartCatalog } from './mart.js';
import type { MartRefresh, RowReplacement } from './mart-refresh.js';
import {
  countAffectedKeys,
  countKeysUpTo,
  countKnownKeys,
  dayOf,
  deleteRows,
  emptyKeyTable,
  insertRows,
  replaceDays,
} from './mart-statements.js';

/** The refreshes of all marts of a pipeline, each behind those that it reads. */
export function renderRefreshes(catalog: MartCatalog, definition: PipelineDefinition): MartRefresh[] {
  const refreshes = new Map<string, MartRefresh>();
  for (const mart of catalog.marts) {
    const after = mart.after.map((target) => refreshes.get(target)!);
    refreshes.set(mart.target, renderRefresh(mart, catalog, definition, after));
  }
  return [...refreshes.values()];
}

function renderRefresh(mart: Mart, catalog: MartCatalog, pipeline: PipelineDefinition, after: readonly MartRefresh[]): MartRefresh {
  const entities = keyedEntities(pipeline)
    .filter(({ name }) => mart.reads.includes(name))
    .map(readOf);
  const searches = (limits: readonly string[]) => findKeys(mart, entities, limits);
  const day = dayOf(mart);
  return {
    pipeline: pipeline.name,
    target: mart.target,
    feeds: [...new Set(entities.map(({ group }) => group))],
    entities,
    checksum: mart.checksum,
    after,
    findKeys: searches([]),
    countKeys: countAffectedKeys(mart),
    countKnownKeys: countKnownKeys(mart),
    countKeysUpTo: countKeysUpTo(mart),
    emptyKeys: emptyKeyTable(mart),
    ofKeys: ofKeys(mart),
    all: {
      before: [unbound(deleteRows(mart, 'all'))],
      insert: unbound(insertRows(mart, 'all')),
      after: countedAgain(mart),
    },
    ofDays: day === undefined ? undefined : { ...replaceDays(mart, day), after: countedAgain(mart, day) },
    appended: appendedKeys(mart, catalog, searches),
  };
}

function ofKeys(mart: Mart): RowReplacement {
  return {
    before: [...moveCounts(mart, 'subtract'), deleteRows(mart, 'affected')].map(unbound),
    insert: unbound(insertRows(mart, 'affected')),
    after: [...moveCounts(mart, 'add'), ...dropEmptyCounts(mart), emptyKeyTable(mart)].map(unbound),
  };
}

function unbound(sql: string) {
  return { sql, binds: [] };
}
