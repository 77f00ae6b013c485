import type { FeedRef } from '../../contracts/activities/refs.js';
import type { LoadSource } from '../../contracts/activities/pickup.js';
import type { ObjectStore } from '../../engine/object-store.js';
import type { Stores } from '../../engine/stores.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { releaseKindOf } from '../../engine/definition/release.js';
import type { PipelineDefinition } from '../../engine/definition/types.js';
import { noteProgress, ownSource, refuseWhatWentBack, type OwnedSource } from '../owner/own-source.js';
import { UnmarkedError } from '../owner/write-mark.js';

/** Where a claim lists objects. */
export interface ClaimSource {
  readonly kind: LoadSource['kind'];
  readonly store: ObjectStore;
  /** The mark of the pipeline's own source. Undefined for any other source, and for a source that keeps its files and can't be written. */
  readonly owned: OwnedSource | undefined;
  /** When the first listing of a pickup from another store began, by the warehouse's clock. */
  readonly since: string | undefined;
}

export interface SourceDeps {
  readonly warehouse: Warehouse;
  readonly stores: Stores;
  readonly definition: Pick<PipelineDefinition, 'release'>;
  /** Logs a warning for operators. */
  readonly warn: (message: string) => void;
}

/**
 * Opens a source, and marks the pipeline's own source. Throws `misconfigured` for every source if the warehouse went back to an earlier
 * state.
 */
export async function openSource(
  deps: SourceDeps,
  { pipeline, source }: FeedRef & { readonly source: LoadSource },
  signal: AbortSignal,
): Promise<ClaimSource> {
  const own = () => ({ ...deps, pipeline, store: deps.stores.sourceOf(pipeline) });
  if (source.kind === 'feed') {
    const { store } = own();
    const owned = await unlessReadOnly(deps, () => ownSource(own(), signal));
    return { kind: source.kind, store, owned, since: undefined };
  }
  const store = deps.stores.openForBackfill(source.url);
  if (deps.stores.hasSource(pipeline)) await refuseWhatWentBack(own(), signal);
  return { kind: source.kind, store, owned: undefined, since: source.since };
}

/** Writes the claimed loads and the last batches into the mark of the pipeline's own source. */
export async function markLoads(deps: SourceDeps, { store, owned }: ClaimSource, pipeline: string, signal: AbortSignal): Promise<void> {
  if (owned) await unlessReadOnly(deps, () => noteProgress({ warehouse: deps.warehouse, pipeline, store }, owned, signal));
}

/**
 * If the source keeps its files and can't be written, loading goes on without a mark, with a warning. Nothing is taken out of such a
 * source, so two warehouses on it do no harm.
 */
async function unlessReadOnly<Result>({ definition, warn }: SourceDeps, mark: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await mark();
  } catch (error) {
    if (releaseKindOf(definition) !== 'keep' || !(error instanceof UnmarkedError)) throw error;
    warn(`${error.why}. Its files are kept, so loading goes on without the mark`);
    return undefined;
  }
}
