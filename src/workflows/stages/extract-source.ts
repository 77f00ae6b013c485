import type { ExtractResult } from '../../contracts/activities/extract.js';
import { data, profiles } from '../activity-profiles.js';
import { noteFailure } from '../report/failure-message.js';
import type { StageRun } from './stage-run.js';

/** Brings the changed rows of the source into the lake. A table that was left out stops no other one, and is a failure. */
export async function extractSource({ extract: input, report, publish, progress }: StageRun): Promise<void> {
  if (!input) throw new Error('the stage of an extract runs only where a run names its extract');
  const { failures, update } = report;
  publish({ phase: 'extract', message: 'reading the source' });
  const summary = input.tables ? input.tables.join(', ') : 'all of it';
  const result = await noteFailure(failures, `extracting ${input.extract}`, () =>
    data.extractSource.executeWithOptions({ ...profiles.data, summary: input.full ? `${summary}, every row` : summary }, [
      { ...input, progress },
    ]),
  );
  if (!result) return;
  update({ extract: result });
  failures.push(...problemsOf(result));
}

function problemsOf(result: ExtractResult): string[] {
  if (result.kind === 'answers') return result.unanswered.map(({ why }) => why);
  return result.tables.flatMap(({ name, leftOut }) => (leftOut === undefined ? [] : [`${name} was left out: ${leftOut}`]));
}
