import type { FeedRef, LoadSource } from '../../contracts/activities.js';
import type { ObjectStore } from '../../engine/object-store.js';
import type { Stores } from '../../engine/stores.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { ownSource, refuseWhatWentBack, type OwnedSource } from '../owner/own-source.js';

/** Where a claim lists objects. */
export interface ClaimSource {
  readonly kind: LoadSource['kind'];
  readonly store: ObjectStore;
  /** The mark of the pipeline's own source; any other source is only read, and gets none. */
  readonly owned: OwnedSource | undefined;
  /** When the first listing of a pickup from another store began, by the warehouse's clock. */
  readonly since: string | undefined;
}

/** Opens a source. The pipeline's own one is marked as this warehouse's; a warehouse that went back gets no loads from any other one. */
export async function openSource(
  deps: { readonly warehouse: Warehouse; readonly stores: Stores },
  { pipeline, source }: FeedRef & { readonly source: LoadSource },
  signal: AbortSignal,
): Promise<ClaimSource> {
  const own = () => ({ ...deps, pipeline, store: deps.stores.sourceOf(pipeline) });
  if (source.kind === 'feed') {
    const { store } = own();
    return { kind: source.kind, store, owned: await ownSource(own(), signal), since: undefined };
  }
  const store = deps.stores.openForBackfill(source.url);
  if (deps.stores.hasSource(pipeline)) await refuseWhatWentBack(own(), signal);
  return { kind: source.kind, store, owned: undefined, since: source.since };
}
