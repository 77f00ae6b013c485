import { ago, utc } from '../contracts/format-times.js';
import type { CompiledPipeline } from '../engine/compiled-pipeline.js';
import type { Warehouse } from '../engine/warehouse.js';
import { bucketPosition } from '../gear/processed/bucket-position.js';

/** What a pipeline's processed bucket has, as far as the warehouse knows. */
export interface ProcessedBucket {
  /** Undefined where its setting has no value here. */
  readonly url: string | undefined;
  readonly setting: string;
  /** The last run; 0 before the first. */
  readonly run: number;
  /** When that run was noted; undefined before the first, and of one that is no longer listed. */
  readonly written: Date | undefined;
  /** The runs of the lake up to it are whole in the bucket; undefined where no run has said so. */
  readonly ingestRun: number | undefined;
  /** Marts whose changes wait for the next run. */
  readonly waiting: readonly string[];
}

/** Undefined where the pipeline has no processed bucket. */
export async function processedBucket(
  warehouse: Warehouse,
  { definition, processed }: Pick<CompiledPipeline, 'definition' | 'processed'>,
  url: string | undefined,
): Promise<ProcessedBucket | undefined> {
  if (!definition.processed) return undefined;
  const { name } = definition;
  const { run, ingestRun, behind } = await bucketPosition(warehouse, name, processed);
  const [row] = await warehouse.query<{ committed_at: string | null }>(
    "select committed_at from gear.processed_runs where pipeline = ? and run = ? and state = 'committed'",
    [name, run],
  );
  return { url, setting: definition.processed.into, run, written: utc(row?.committed_at), ingestRun, waiting: behind };
}

/** What is to be said of it. */
export function bucketLine({ url, setting, run, written, ingestRun, waiting }: ProcessedBucket): string {
  if (url === undefined) return `processed bucket: nothing is written, for ${setting} is not set here`;
  const lake = ingestRun === undefined ? '' : `, and has the lake up to run ${ingestRun}`;
  const last = run === 0 ? 'there is no run yet' : `run ${run} was written${written ? ` ${ago(written)}` : ''}${lake}`;
  const rest = waiting.length === 0 ? 'Nothing waits' : `Changes of these marts wait for the next run: ${waiting.join(', ')}`;
  return `processed bucket ${url}: ${last}. ${rest}`;
}
