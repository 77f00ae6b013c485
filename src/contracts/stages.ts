/** The stages of a pipeline as data: an activity plans them from the definition, and one interpreter runs them (workflows/stages). */

/** In the order in which a run gets to them. Each is also a phase of the progress (contracts/progress.ts). */
export const stageKinds = ['extract', 'pickup', 'processing', 'marts', 'processed', 'exports', 'outputs', 'vault', 'pruning'] as const;
export type StageKind = (typeof stageKinds)[number];

export interface Stage {
  readonly kind: StageKind;
  /** What it works on, at least one: extracts, feeds, marts, exports, outputs by date or vault tables, in the order of the definition. */
  readonly items: readonly string[];
  /** Every kind that ends before it begins, directly or not. So a run may leave stages out, and the order of the others stays. */
  readonly after: readonly StageKind[];
}

/** The stages of these kinds, in the order of the plan. Kinds that the pipeline does not have are left out. */
export function stagesOf(stages: readonly Stage[], kinds: readonly StageKind[]): readonly Stage[] {
  return stages.filter(({ kind }) => kinds.includes(kind));
}

/** The stages from this kind on, as a run enters them that begins there. */
export function stagesFrom(stages: readonly Stage[], first: StageKind): readonly Stage[] {
  return stagesOf(stages, stageKinds.slice(stageKinds.indexOf(first)));
}

/** What the stage of this kind works on. */
export function itemsOf(stages: readonly Stage[], kind: StageKind): readonly string[] {
  return stages.find((stage) => stage.kind === kind)?.items ?? [];
}

/** The stages, with only these items in those kinds. */
export function onlyItems(stages: readonly Stage[], items: Partial<Readonly<Record<StageKind, readonly string[]>>>): readonly Stage[] {
  return stages.map((stage) => ({ ...stage, items: items[stage.kind] ?? stage.items }));
}
