import type { Project } from '../../../config/load-project.js';
import { projectStores } from '../../../config/project-stores.js';
import type { ObjectStore } from '../../../engine/object-store.js';
import { StrataError } from '../../../engine/strata-error.js';
import { pipelineOf } from '../../cli.js';
import { UsageError } from '../../usage-error.js';
import { databaseExtractOf } from './extract.js';

/** A place where runs have manifests. */
export interface Bucket {
  readonly kind: 'ingest' | 'processed';
  readonly store: ObjectStore;
  /** Extracts of servers, whose answers are whole by themselves: no manifest names them. */
  readonly servers: readonly string[];
}

/** The lake that an extract writes. */
export function ingestOf(project: Project, pipeline: string, extract?: string): Bucket {
  const { definition } = pipelineOf(project, pipeline);
  const { into } = databaseExtractOf(definition, extract);
  const address = project.settings.environment[into] ?? '';
  if (address === '') throw new StrataError('misconfigured', `${into} is not set. Set it to the address of the lake`);
  const servers = (definition.extracts ?? []).filter(({ kind }) => kind === 'http').map(({ name }) => name);
  return { kind: 'ingest', store: projectStores(project).open(address), servers };
}

/** The bucket into which changed rows of the pipeline's marts are written. */
export function processedOf(project: Project, pipeline: string): Bucket {
  const { processed } = pipelineOf(project, pipeline).definition;
  if (!processed) throw new UsageError(`${pipeline} has no processed bucket: its definition names none`);
  const store = projectStores(project).processedOf(pipeline);
  if (store) return { kind: 'processed', store, servers: [] };
  throw new StrataError(
    'misconfigured',
    `${processed.into} is not set. Set it to the address of the processed bucket, for every worker too`,
  );
}

/** The lake, and the processed bucket where there is one. */
export function bucketsOf(project: Project, pipeline: string, extract?: string): Bucket[] {
  const processed = projectStores(project).processedOf(pipeline);
  return [ingestOf(project, pipeline, extract), ...(processed ? [{ kind: 'processed' as const, store: processed, servers: [] }] : [])];
}
