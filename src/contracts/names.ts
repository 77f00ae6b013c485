/** Names that are persisted in Temporal: never renamed in place. */
export const defaultTaskQueue = 'strata';

export const workflowTypes = {
  pickup: 'pickupFeed',
  land: 'landObject',
  process: 'processPipeline',
  aggregate: 'aggregatePipeline',
  run: 'runPipeline',
  backfill: 'backfillFeed',
  rebuild: 'rebuildMarts',
  exports: 'writeExports',
  outputs: 'writeOutputs',
  arrivals: 'followArrivals',
  extract: 'extractPipeline',
  watch: 'watchPipeline',
  incident: 'followIncident',
  notice: 'tellLoaded',
} as const;

export const workflowIds = {
  pickup: (pipeline: string, feed: string) => `${pipeline}/${feed}/pickup`,
  land: (pipeline: string, feed: string, loadId: number) => `${pipeline}/${feed}/land/${loadId}`,
  process: (pipeline: string) => `${pipeline}/process`,
  aggregate: (pipeline: string) => `${pipeline}/aggregate`,
  run: (pipeline: string, scope = '') => (scope === '' ? `${pipeline}/run` : `${pipeline}/run/${scope}`),
  backfill: (pipeline: string, feed: string, name: string) => `${pipeline}/${feed}/backfill/${name}`,
  rebuild: (pipeline: string) => `${pipeline}/rebuild`,
  exports: (pipeline: string) => `${pipeline}/exports`,
  outputs: (pipeline: string) => `${pipeline}/outputs`,
  arrivals: (pipeline: string) => `${pipeline}/arrivals`,
  /** An extract has the name of its pipeline where it is the only one. */
  extract: (pipeline: string, extract: string) => (extract === pipeline ? `${pipeline}/extract` : `${pipeline}/extract/${extract}`),
  /** Of the schedule whose runs look for trouble. */
  watch: (pipeline: string) => `${pipeline}/alerts`,
  /** Of files of a feed that have reached bus; another warehouse has other times. */
  notice: (pipeline: string, feed: string, at: string) => `${pipeline}/loaded/${feed}/${at}`,
  incident: (pipeline: string, kind: string, subject: string) => `${pipeline}/incident/${kind}/${subject}`,
} as const;

/** Signals of `followArrivals`; each carries an Arrival (contracts/workflows.ts). */
export const arrivalSignals = {
  /** Objects of these feeds may have been put into the source: pick them up. */
  arrived: 'arrived',
  /** A pickup has staged loads of these feeds: process them. */
  landed: 'landed',
} as const;
export type ArrivalSignal = (typeof arrivalSignals)[keyof typeof arrivalSignals];

/** Signal of every workflow: one of its activities is being retried, or no more; it carries a RetryNote (contracts/workflows.ts). */
export const retrySignal = 'retrying';

/** Registered by `strata migrate`; keywords hold at most 255 characters in SQL visibility stores. */
export const searchAttributes = {
  pipeline: { name: 'StrataPipeline', type: 'KEYWORD' },
  feed: { name: 'StrataFeed', type: 'KEYWORD' },
  object: { name: 'StrataObject', type: 'KEYWORD' },
  loadId: { name: 'StrataLoadId', type: 'INT' },
  outcome: { name: 'StrataOutcome', type: 'KEYWORD' },
} as const;
