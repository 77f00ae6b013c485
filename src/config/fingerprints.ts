import { createHash } from 'node:crypto';
import type { CompiledPipeline } from '../engine/compiled-pipeline.js';

/** By pipeline: the same for the same definitions and SQL, whoever loaded them. */
export function fingerprints(pipelines: ReadonlyMap<string, CompiledPipeline>): Record<string, string> {
  return Object.fromEntries([...pipelines].map(([name, pipeline]) => [name, fingerprint(pipeline)]));
}

function fingerprint({ definition, catalog }: CompiledPipeline): string {
  return createHash('sha256').update(JSON.stringify([definition, catalog])).digest('hex').slice(0, 12);
}
