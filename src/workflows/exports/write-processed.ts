import type { ProcessedResult } from '../../contracts/activities/processed.js';
import type { ProgressTarget } from '../../contracts/activities/refs.js';
import { data, profiles } from '../activity-profiles.js';
import { noteFailure } from '../report/failure-message.js';

export interface WritingProcessed {
  readonly pipeline: string;
  readonly failures: string[];
  readonly progress?: ProgressTarget | undefined;
}

/** Writes what has changed in the marts to the processed bucket. Undefined when that failed. */
export async function writeProcessed({ pipeline, failures, progress }: WritingProcessed): Promise<ProcessedResult | undefined> {
  const result = await noteFailure(failures, 'writing the processed bucket', () =>
    data.writeProcessed.executeWithOptions({ ...profiles.bounded, summary: 'bus to processed bucket' }, [{ pipeline, progress }]),
  );
  for (const { name, message } of result?.failed ?? []) failures.push(`${name} of the processed bucket: ${message}`);
  return result;
}
