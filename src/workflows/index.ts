/** All workflow types; their names are persisted in histories and never change (contracts/names.ts). */
export { pickupFeed } from './pickup/pickup-feed.js';
export { landObject } from './landing/land-object.js';
export { processPipeline } from './processing/process-pipeline.js';
export { aggregatePipeline } from './runs/aggregate-pipeline.js';
export { runPipeline } from './runs/run-pipeline.js';
export { extractPipeline } from './runs/extract-pipeline.js';
export { backfillFeed } from './runs/backfill-feed.js';
export { writeExports } from './exports/write-exports.js';
export { writeOutputs } from './exports/write-outputs.js';
export { rebuildMarts } from './marts/rebuild-marts.js';
export { followArrivals } from './arrivals/follow-arrivals.js';
export { watchPipeline } from './alerts/watch-pipeline.js';
export { tellLoaded } from './alerts/tell-loaded.js';
export { followIncident } from './alerts/follow-incident.js';
