/** What crosses Temporal between workflows and activities: names, keys, ids and counts; never rows or values of rows. */
import type { AlertActivities } from '../alerts/incidents.js';
import type { DateActivities } from '../dates/dated-runs.js';
import type { ExportActivities, OutputActivities } from '../outputs.js';
import type { ExtractActivities } from './extract.js';
import type { LandingActivities } from './landing.js';
import type { MartActivities, MartStep, VaultActivities } from './marts.js';
import type { PickupActivities } from './pickup.js';
import type { ProcessedActivities } from './processed.js';
import type { ProcessingActivities } from './processing.js';
import type { Stage } from '../stages.js';

export interface PipelinePlan {
  readonly stages: readonly Stage[];
  /** The feeds whose files have a date each. */
  readonly dated: readonly string[];
  /** Those whose files all have one date. */
  readonly initial: readonly string[];
  /** Those that take what the manifests of a lake name; absent where none does. */
  readonly lake?: readonly string[] | undefined;
  /** Each with the marts that it reads. */
  readonly marts: readonly MartStep[];
}

export interface PlanActivities {
  planPipeline(input: { readonly pipeline: string }): Promise<PipelinePlan>;
}

export type Activities = AlertActivities &
  ExtractActivities &
  ExportActivities &
  OutputActivities &
  DateActivities &
  PlanActivities &
  PickupActivities &
  LandingActivities &
  ProcessingActivities &
  ProcessedActivities &
  VaultActivities &
  MartActivities;
