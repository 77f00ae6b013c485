import { type Execution, milestones } from './history.js';

/** When what was reached, in seconds since a run of an extract began; NaN where nothing of the kind was done. */
export interface ExtractSteps {
  /** Of the activity alone, from its start until the run is in the lake. */
  readonly reading: number;
  /** All tables were read and their objects written. */
  readonly read: number;
  /** With the manifest, by which the run exists. */
  readonly lake: number;
  readonly staging: number;
  readonly bulk: number;
  readonly bus: number;
  /** The bucket with the changed rows of bus. */
  readonly processed: number;
  readonly end: number;
}

/** `manifest`: seconds from when the objects were written until the run was noted, the activity's last steps. */
export function extractSteps(executions: readonly Execution[], manifest: number): ExtractSteps {
  const from = Math.min(...executions.map(({ started }) => started));
  const spans = executions.flatMap(({ activities }) => activities);
  const extract = spans.find(({ type }) => type === 'extractSource');
  const processed = spans.find(({ type }) => type === 'writeProcessed');
  const since = (time: number | undefined) => ((time ?? NaN) - from) / 1_000;
  const lake = since(extract?.completed);
  const { staging, bulk, bus, end } = milestones(executions);
  return {
    reading: extract ? (extract.completed - extract.started) / 1_000 : NaN,
    read: lake - manifest,
    lake,
    ...{ staging, bulk, bus, end },
    processed: since(processed?.completed),
  };
}
