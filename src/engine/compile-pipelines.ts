import { compilePipeline, type CompiledPipeline } from './compiled-pipeline.js';
import { isEngineTable } from './definition/checks/check-tables.js';
import type { PipelineDefinition } from './definition/types.js';
import { countTableName, keyTableName, sumsName, surrogateName } from './names.js';
import { StrataError } from './strata-error.js';

export interface PipelineSource {
  readonly definition: PipelineDefinition;
  readonly sqlFiles: readonly { readonly path: string; readonly text: string }[];
}

/**
 * Makes all pipelines of one warehouse ready to run. Throws one StrataError `definition` with every mistake of their SQL files, names
 * that two of them would share included.
 */
export function compilePipelines(sources: readonly PipelineSource[]): CompiledPipeline[] {
  const compiled: CompiledPipeline[] = [];
  const messages: string[] = [];
  for (const { definition, sqlFiles } of sources) {
    try {
      compiled.push(compilePipeline(definition, sqlFiles));
    } catch (error) {
      if (!(error instanceof StrataError)) throw error;
      messages.push(error.message);
    }
  }
  messages.push(...nameMistakes(compiled));
  if (messages.length > 0) throw new StrataError('definition', messages.join('\n'));
  return compiled;
}

/** Tables of marts and views that something else makes: all pipelines share the schemas, so their tables need different names. */
function nameMistakes(pipelines: readonly CompiledPipeline[]): string[] {
  const owners = new Map<string, string>();
  for (const { definition } of pipelines) {
    for (const { name } of definition.surrogates) owners.set(surrogateName(name), `${definition.name}: surrogate ${name}`);
  }
  return pipelines.flatMap(({ definition, catalog }) => {
    const made = [
      ...[...catalog.marts, ...catalog.datedMarts, ...catalog.views].map(({ path, target }) => ({ path, table: target })),
      ...catalog.additiveMarts.flatMap(({ path, target }) => [target, sumsName(target)].map((table) => ({ path, table }))),
      ...catalog.marts.flatMap((mart) => mart.countBy.map((grouping) => ({ path: mart.path, table: countTableName(mart, grouping) }))),
    ];
    const work = catalog.marts.map((mart) => ({ path: mart.path, table: keyTableName(mart) }));
    const engine = made.filter(({ table }) => table.startsWith('gear.') && isEngineTable(table.slice('gear.'.length)));
    const shared = [...made, ...work].flatMap(({ path, table }) => {
      const owner = owners.get(table);
      if (owner === undefined) owners.set(table, `${definition.name}: ${path}`);
      return owner === undefined ? [] : [`${definition.name}: ${path}: makes the table ${table}, which ${owner} makes already. Rename one`];
    });
    return [
      ...engine.map(({ path, table }) => `${definition.name}: ${path}: ${table} is a name of the engine's own tables. Choose another`),
      ...shared,
    ];
  });
}
