import { receiverSettings } from '../engine/alerts/receivers.js';
import { compilePipelines } from '../engine/compile-pipelines.js';
import type { CompiledPipeline } from '../engine/compiled-pipeline.js';
import { warehouseSchema, type WarehouseSchema } from '../engine/schema/warehouse-schema.js';
import { loadPipelines } from './load-pipelines.js';
import { readMigrations } from './read-migrations.js';
import { readSettings, type Environment, type Settings } from './settings.js';

/** What every process starts from: its settings and the pipelines that they name. */
export interface Project {
  readonly settings: Settings;
  /** By name, in the order of STRATA_PIPELINES; see `loadPipelines` for what is loaded without it. */
  readonly pipelines: ReadonlyMap<string, CompiledPipeline>;
  /** Absolute paths of the pipelines' SQL folders, by name. */
  readonly sqlFolders: ReadonlyMap<string, string>;
  readonly schema: WarehouseSchema;
}

/** What of the settings a command can't do without. */
export interface ProjectNeeds {
  readonly warehouse?: boolean;
  /** The addresses of the pipelines' sources. */
  readonly sources?: boolean;
}

/** Reads settings and definitions; all that is wrong with the settings comes in one StrataError, all that is in definitions in another. */
export async function loadProject(environment: Environment, needs: ProjectNeeds = {}): Promise<Project> {
  const { STRATA_PIPELINES } = environment;
  const pipelines = await loadPipelines(STRATA_PIPELINES, undefined, environment);
  const sources = needs.sources ? pipelines.map(({ definition }) => definition.sourceSetting) : [];
  const secrets = pipelines.flatMap(({ definition }) =>
    (definition.extracts ?? []).flatMap((extract) => [
      extract.setting,
      ...(extract.kind === 'http' && extract.tokenSetting !== undefined ? [extract.tokenSetting] : []),
    ]),
  );
  const receivers = pipelines.flatMap(({ definition }) => receiverSettings(definition));
  const settings = readSettings(environment, { warehouse: needs.warehouse ?? false, sources, secrets, receivers });
  const compiled = compilePipelines(pipelines);
  return {
    settings,
    pipelines: new Map(compiled.map((pipeline) => [pipeline.definition.name, pipeline])),
    sqlFolders: new Map(pipelines.map(({ definition, sqlFolder }) => [definition.name, sqlFolder])),
    schema: warehouseSchema(compiled, await readMigrations()),
  };
}
