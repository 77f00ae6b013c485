import type { PipelineDefinition } from '../../engine/definition/types.js';
import { appendEntity } from '../../engine/entities/entity.js';
import { dropAppended } from '../../gear/append/append-loads.js';
import { stagedRows, type LandedRows } from '../../gear/loads/landed-rows.js';
import type { KnownFeed } from '../pipeline-set.js';

interface OwnedFeed extends KnownFeed {
  readonly definition: PipelineDefinition;
}

const appendedRows: LandedRows = { drop: (transaction, { loadId }) => dropAppended(transaction, loadId) };

/** Where the rows of a feed's loads are while they are landed. */
export function landedRows({ definition, feed, staging }: OwnedFeed): LandedRows {
  return appendEntity(definition, feed.name) ? appendedRows : stagedRows(staging);
}
