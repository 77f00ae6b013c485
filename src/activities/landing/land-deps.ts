import type { Warehouse } from '../../engine/warehouse.js';
import type { PipelineSet } from '../pipeline-set.js';
import type { Enrichments } from '../../engine/enrich/enrichment.js';
import type { ReleaseTimes } from './release/release-time.js';
import type { Stores } from '../../engine/stores.js';

/** What landing needs. */
export interface LandDeps extends ReleaseTimes {
  readonly warehouse: Warehouse;
  readonly pipelines: PipelineSet;
  readonly stores: Stores;
  /** What makes columns that files lack. */
  readonly enrichments: Enrichments;
  /** Bytes that one transaction lands: what a worker's death costs at most. */
  readonly chunkBytes?: number;
  /** Objects of at least twice this are landed in ranges of at least this. */
  readonly rangeBytes?: number;
  /** The most bytes of a file of an append entity that one transaction commits. */
  readonly runBytes?: number;
}
