import { fingerprintOf } from './definition/fingerprint.js';
import type { PipelineDefinition } from './definition/types.js';
import { loadMarts } from './marts/load-marts.js';
import type { MartCatalog } from './marts/mart.js';
import type { VaultLoad } from './vault/vault-load.js';
import { vaultLoads } from './vault/vault-loads.js';

/** A definition with everything that was derived from it and its SQL. */
export interface CompiledPipeline {
  readonly definition: PipelineDefinition;
  readonly catalog: MartCatalog;
  /** How each vault table is loaded, and so which changes it reads. */
  readonly vaultReaders: readonly VaultLoad[];
  /** Tells these definitions from those of another release. */
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
  const martFiles = sqlFiles.filter(({ path }) => path.startsWith('bus/'));
  const named = martFiles.map(({ path, text }) => ({ path: `${definition.sqlFolder}/${path}`, text }));
  const compiled = { definition, catalog: loadMarts(named, definition), vaultReaders: vaultLoads(definition) };
  return { ...compiled, fingerprint: fingerprintOf(compiled) };
}
