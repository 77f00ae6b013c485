import { proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../contracts/activities/activities.js';
import { failureTypes } from '../contracts/failures.js';

/** What waits for a server waits for as long as it takes; what needs a person or a fix fails at once. */
const retry = {
  initialInterval: '1 second',
  backoffCoefficient: 2,
  maximumInterval: '1 minute',
  nonRetryableErrorTypes: Object.entries(failureTypes).flatMap(([type, { retryable }]) => (retryable ? [] : [type])),
} as const;

/** Activities beat every 3 s (activities/run-activity.ts); a worker that died is replaced after this. */
const heartbeatTimeout = '20 seconds';

/** The named profiles of activities; nothing else sets their options but for summaries. */
export const profiles = {
  /** Reads or writes a few rows. */
  control: { startToCloseTimeout: '15 minutes', heartbeatTimeout, retry },
  /** Moves the data of one object, batch, table or mart, or lists a store. */
  data: { startToCloseTimeout: '12 hours', heartbeatTimeout, retry },
  /** Lands small objects together; what it does not land gets workflows of their own, so it is not tried for ever. */
  bundle: { startToCloseTimeout: '5 minutes', heartbeatTimeout, retry: { ...retry, maximumAttempts: 6 } },
  /** Data too, where the schedules come back to what still fails after some tries: nothing else waits for it longer. */
  bounded: { startToCloseTimeout: '12 hours', heartbeatTimeout, retry: { ...retry, maximumAttempts: 5 } },
  /** Looks for trouble; its schedule comes again in a minute. */
  watch: { startToCloseTimeout: '5 minutes', heartbeatTimeout, retry: { ...retry, maximumAttempts: 2 } },
  /** Sends a message; a receiver that takes none for a week is given up. */
  delivery: {
    startToCloseTimeout: '2 minutes',
    scheduleToCloseTimeout: '7 days',
    heartbeatTimeout,
    retry: { ...retry, maximumInterval: '10 minutes' },
  },
  /** Waits for another workflow. */
  waiting: { startToCloseTimeout: '24 hours', heartbeatTimeout, retry },
} as const satisfies Record<string, ActivityOptions>;

export const control = proxyActivities<
  Pick<
    Activities,
    | 'planPipeline'
    | 'reportDates'
    | 'findStaleExports'
    | 'planOutputs'
    | 'findStaged'
    | 'listOpenLoads'
    | 'signalStagedLoads'
    | 'pruneStaging'
    | 'pruneChanges'
  >
>(profiles.control);
export const data = proxyActivities<
  Pick<
    Activities,
    | 'extractSource'
    | 'claimObjects'
    | 'claimLake'
    | 'planLanding'
    | 'landRange'
    | 'settleLanding'
    | 'processBatch'
    | 'loadVaultTable'
    | 'loadStaleVault'
    | 'refreshMart'
    | 'refreshStaleMarts'
    | 'writeProcessed'
    | 'writeExport'
    | 'writeOutput'
  >
>(profiles.data);
export const bundles = proxyActivities<Pick<Activities, 'landBundle' | 'landBundles'>>(profiles.bundle);
export const waiting = proxyActivities<Pick<Activities, 'awaitLanding'>>(profiles.waiting);
export const watching = proxyActivities<Pick<Activities, 'watchPipeline'>>(profiles.watch);
export const delivering = proxyActivities<Pick<Activities, 'sendAlert'>>(profiles.delivery);
