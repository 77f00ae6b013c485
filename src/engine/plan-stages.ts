import { stageKinds, type Stage, type StageKind } from '../contracts/stages.js';
import type { CompiledPipeline } from './compiled-pipeline.js';

/** What must have ended directly before a stage. */
const needs: Readonly<Record<StageKind, readonly StageKind[]>> = {
  extract: [],
  pickup: ['extract'],
  processing: ['pickup'],
  marts: ['processing'],
  // They read marts, and take turns, because each takes a connection and memory.
  processed: ['marts'],
  exports: ['processed'],
  outputs: ['exports'],
  // Analysts wait for all of the above, and not for the vault. Beside the marts it would take its share of the server from them.
  vault: ['outputs'],
  // Staging rows and changes go when nobody needs them any more.
  pruning: ['vault'],
};

/** The stages of a pipeline that have something to do. `hasProcessedBucket`: the setting of its processed bucket has a value. */
export function planStages(pipeline: CompiledPipeline, hasProcessedBucket: boolean): readonly Stage[] {
  const { definition, catalog, exports, datedOutputs, processed, vaultLoads } = pipeline;
  const feeds = definition.feeds.map(({ name }) => name);
  return orderStages({
    extract: (definition.extracts ?? []).map(({ name }) => name),
    pickup: feeds,
    processing: feeds,
    marts: [...catalog.marts, ...catalog.additiveMarts].map(({ target }) => target),
    processed: hasProcessedBucket ? processed.map(({ mart }) => mart) : [],
    exports: exports.map(({ name }) => name),
    outputs: datedOutputs.map(({ output }) => output),
    vault: vaultLoads.map(({ target }) => target),
    pruning: feeds,
  });
}

/** The stages with these items, in the order in which they run. A stage without items is left out. */
export function orderStages(items: Partial<Readonly<Record<StageKind, readonly string[]>>>): readonly Stage[] {
  const itemsOf = (kind: StageKind) => items[kind] ?? [];
  const isPlanned = (kind: StageKind) => itemsOf(kind).length > 0;
  return stageKinds.filter(isPlanned).map((kind) => ({ kind, items: itemsOf(kind), after: allBefore(kind).filter(isPlanned) }));
}

function allBefore(kind: StageKind): readonly StageKind[] {
  return needs[kind].flatMap((earlier) => [...allBefore(earlier), earlier]);
}
