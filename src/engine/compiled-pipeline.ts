import { resolveArea, type Area } from './areas/area.js';
import { renderAdditiveMerge, type AdditiveMerge } from './additive/additive-merge.js';
import { entityLoads, type EntityLoad } from './bulk/entity-loads.js';
import type { DatedOutput } from './dated/dated-output.js';
import { fingerprintOf } from './definition/fingerprint.js';
import type { PipelineDefinition } from './definition/types.js';
import type { Export } from './exports/export.js';
import { loadExports } from './exports/load-exports.js';
import { loadMarts } from './marts/load-marts.js';
import type { MartRefresh } from './marts/mart-refresh.js';
import type { MartCatalog } from './marts/mart.js';
import { renderRefreshes } from './marts/render-refresh.js';
import { StrataError } from './strata-error.js';
import type { ProcessedTable } from './processed/processed-table.js';
import { processedTables } from './processed/processed-tables.js';
import type { VaultLoad } from './vault/vault-load.js';
import { vaultLoads } from './vault/vault-loads.js';

/** A definition with everything that was derived from it and its SQL. */
export interface CompiledPipeline {
  readonly definition: PipelineDefinition;
  readonly catalog: MartCatalog;
  /** How each feed fills each of its entities. */
  readonly entityLoads: readonly EntityLoad[];
  /** How each mart is refreshed, in the order of the catalog. */
  readonly martRefreshes: readonly MartRefresh[];
  readonly areas: readonly Area[];
  /** How the groups of each additive mart grow. */
  readonly additiveMerges: readonly AdditiveMerge[];
  /** How each vault table is loaded. */
  readonly vaultLoads: readonly VaultLoad[];
  readonly exports: readonly Export[];
  /** Marts and exports by date; each stands behind those that it reads. */
  readonly datedOutputs: readonly DatedOutput[];
  /** Marts whose changed rows go to the processed bucket. */
  readonly processed: readonly ProcessedTable[];
  /** Distinguishes these definitions from those of another release. */
  readonly fingerprint: string;
}

/**
 * Makes a validated definition and the texts of its SQL folder (paths below it, as `bus/daily_users.sql`) ready to run.
 * Throws StrataError `definition` with every mistake of the SQL files, each with file and line.
 */
export function compilePipeline(
  definition: PipelineDefinition,
  sqlFiles: readonly { readonly path: string; readonly text: string }[],
): CompiledPipeline {
  refuseMisplaced(definition, sqlFiles);
  const filesOf = (folder: string) =>
    sqlFiles.filter(({ path }) => path.startsWith(folder)).map(({ path, text }) => ({ path: `${definition.sqlFolder}/${path}`, text }));
  const catalog = loadMarts(filesOf('bus/'), definition);
  const { exports, datedExports } = loadExports(filesOf('exports/'), definition, catalog);
  const martRefreshes = renderRefreshes(catalog, definition);
  const datedOutputs = [...catalog.datedMarts, ...datedExports];
  const compiled = {
    definition,
    catalog,
    entityLoads: entityLoads(definition),
    martRefreshes,
    areas: (definition.areas ?? []).map((area) => resolveArea(definition, area)),
    additiveMerges: catalog.additiveMarts.map((mart) => renderAdditiveMerge(mart, definition)),
    vaultLoads: vaultLoads(definition),
    exports,
    datedOutputs,
    processed: processedTables(definition, catalog, martRefreshes),
  };
  return { ...compiled, fingerprint: fingerprintOf(compiled) };
}

/** Other texts may lie anywhere in the folder; a mart that nobody reads would be missed only when somebody asks for its table. */
function refuseMisplaced(
  { name, sqlFolder }: PipelineDefinition,
  sqlFiles: readonly { readonly path: string; readonly text: string }[],
): void {
  const misplaced = sqlFiles.flatMap(({ path, text }) => {
    const [, kind] = /^-- (mart|view|export): /.exec(text) ?? [];
    if (kind === undefined || /^(bus|exports|rendered)\//.test(path)) return [];
    const folder = `${sqlFolder}/${kind === 'export' ? 'exports' : 'bus'}`;
    return [`${sqlFolder}/${path}:1: Strata looks for a file that begins with \`-- ${kind}:\` in ${folder} only. Move it there`];
  });
  if (misplaced.length > 0) throw new StrataError('definition', `the SQL files of ${name} can't be used:\n${misplaced.join('\n')}`);
}
