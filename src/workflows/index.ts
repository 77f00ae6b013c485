/** All workflow types; their names are persisted in histories and never change (contracts/names.ts). */
export { pickupFeed } from './pickup-feed.js';
export { landObject } from './land-object.js';
export { processPipeline } from './process-pipeline.js';
export { aggregatePipeline } from './aggregate-pipeline.js';
export { runPipeline } from './run-pipeline.js';
export { backfillFeed } from './backfill-feed.js';
export { rebuildMarts } from './rebuild-marts.js';
export { followArrivals } from './follow-arrivals.js';
