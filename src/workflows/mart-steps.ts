import type { MartStep } from '../contracts/activities.js';

type Stages = readonly (readonly string[])[];

/**
 * The marts of a result, in groups that come one after the other: one group nowadays. Histories of earlier versions hold stages, and
 * what they began in which order.
 */
export function martSteps(result: { readonly marts?: readonly MartStep[] | Stages; readonly martStages?: Stages }): readonly (readonly MartStep[])[] {
  const listed = result.marts ?? result.martStages ?? [];
  const isStages = (list: readonly MartStep[] | Stages): list is Stages => Array.isArray(list[0]);
  return isStages(listed) ? listed.map((stage) => stage.map((mart) => ({ mart, after: [] }))) : [listed];
}
