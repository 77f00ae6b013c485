import type { ClaimInput, ClaimResult } from '../../contracts/activities/pickup.js';
import { releaseKindOf } from '../../engine/definition/release.js';
import type { ObjectVersion, Wait } from '../../engine/object-store.js';
import type { Transaction, Warehouse } from '../../engine/warehouse.js';
import { inDeliveryOrder } from './archived-order.js';
import { claimRuns, refuseBackfill } from './claim-runs.js';
import { markLoads, openSource } from './claim-source.js';
import { deliveredAgain } from './delivered-again.js';
import { feedObjects, type UnclaimedObject } from './feed-objects.js';
import { sayLeftAlone } from './left-alone-log.js';
import { UnclaimedFiles } from './unclaimed-files.js';
import { insertLoads, warehouseTime, type Claim } from '../../gear/loads/claims.js';
import { deliveryOrderAt, futureReason, isInFuture, objectIdentity } from '../../gear/loads/object-identity.js';
import { shownKey } from '../../gear/loads/load-row.js';
import { feedOf, type PipelineSet } from '../pipeline-set.js';
import { findReplays } from './find-replays.js';
import { newDeliveries } from './new-deliveries.js';
import { neighboursOf } from '../../engine/definition/match/neighbours.js';
import { refuseIfBehind } from '../owner/own-source.js';
import type { ActivityScope } from '../run-activity.js';
import type { Stores } from '../../engine/stores.js';
import { counted } from '../../contracts/format-numbers.js';
import { publishProgress } from '../progress-publisher.js';

export interface ClaimDeps {
  readonly warehouse: Warehouse;
  readonly pipelines: PipelineSet;
  readonly stores: Stores;
}

const pageSize = 1_000;
/** Faults of the store that are listed one by one. */
const toldFaults = 5;
/** Objects with a time in the future that are listed one by one. */
const toldFiles = 5;

/**
 * Makes loads of objects that have none yet, at most 1,000, the earliest deliveries first. Memory does not grow with the number of objects,
 * because only the earliest ones are kept during the listing. Duplicate attempts are harmless, because an identity and generation is one
 * load.
 */
export async function claimObjects(
  deps: ClaimDeps,
  input: ClaimInput,
  scope: Pick<ActivityScope, 'signal' | 'report'> & Partial<Pick<ActivityScope, 'log'>>,
): Promise<ClaimResult> {
  const { feed, definition } = await feedOf(deps.pipelines, input.pipeline, input.feed, deps.warehouse);
  const sourceDeps = { ...deps, definition, warn: (message: string) => scope.log?.warn(message) };
  const source = await openSource(sourceDeps, input, scope.signal);
  const { kind, store, owned, since } = source;
  if (feed.manifest !== undefined && kind === 'backfill') refuseBackfill(input.feed);
  if (feed.manifest !== undefined && kind === 'feed') {
    const claimed = await claimRuns({ ...deps, feed, source }, { pipeline: input.pipeline, feed: input.feed }, scope);
    await markLoads(sourceDeps, source, input.pipeline, scope.signal);
    return claimed;
  }
  const partitions = input.source.kind === 'feed' ? input.source.partitions : undefined;
  const keeps = releaseKindOf(definition) === 'keep';
  let found = 0;
  let unclaimed = 0;
  let before = 0;
  let earliest: Claim[] = [];
  const began = await warehouseTime(deps.warehouse);
  const left = new UnclaimedFiles();
  const leftAlone = (object: UnclaimedObject) => {
    sayLeftAlone(store.url, object, scope.log);
    if (!object.waits || input.patient) left.add(object);
  };
  const faults: string[] = [];
  const faulty = ({ key }: ObjectVersion, reason: string, date?: string) => {
    leftAlone({ key: store.relativeKey(key), reason });
    if (date !== undefined) left.dates.add(date);
    faults.push(`${shownKey(key)}: ${reason}`);
  };
  const neighbours = neighboursOf(input.pipeline, deps.pipelines, deps.stores);
  const waits = ({ files, seconds }: Wait) => {
    const message = `${input.feed}: waits until ${counted(files, 'file has', 'files have')} not changed for ${seconds} s`;
    const event = { phase: 'pickup', feed: input.feed, message } as const;
    scope.report(event);
    // Only a wait is news to the run: all else of a claim is over before a signal of it would arrive.
    if (input.progress) publishProgress(input.progress, event);
  };
  // With more than a page, the next claim lists again, and the landings of this page need not wait.
  const patient = () => input.patient === true && unclaimed <= pageSize;
  const listing = { kind, signal: scope.signal, leftAlone, faulty, neighbours, partitions, patient, waits };
  for await (const page of feedObjects(store, feed, definition, listing)) {
    found += page.length;
    const objects = page.map(({ object }) => object);
    const replays = kind === 'replay' ? await findReplays(deps.warehouse, input, store, objects, scope.signal) : undefined;
    const candidates = page.flatMap(({ object, date }) => {
      const replay = replays?.get(object.key);
      if (replay?.isLoaded) return [];
      const identity = objectIdentity(input.pipeline, input.feed, store.url, object);
      const order = replay?.order ?? deliveryOrderAt(began, object, date);
      return [{ object, identity, order, partitionDate: replay ? replay.partitionDate : date, firstLoadId: replay?.firstLoadId }];
    });
    const { first, again, before: loaded } = await newDeliveries(deps.warehouse, candidates, { kind, since, began, keeps }, scope.signal);
    const fresh = [...first, ...(await deliveredAgain(store, again, faulty, scope.signal))];
    unclaimed += fresh.length;
    before += loaded + (page.length - candidates.length);
    earliest.push(...fresh);
    if (earliest.length >= 4 * pageSize) earliest = earliestOf(earliest);
    scope.report({
      phase: 'pickup',
      feed: input.feed,
      message: `${input.feed}: ${counted(found, 'file')} found, ${unclaimed} of them new`,
    });
  }
  const orderAt = (object: ObjectVersion, date?: string) => deliveryOrderAt(began, object, date);
  const claims = await inDeliveryOrder(store, earliestOf(earliest), orderAt, scope.signal);
  const claim = async (transaction: Transaction) => {
    if (owned) await refuseIfBehind(transaction, input.pipeline, store.url, owned.owner);
    return insertLoads(transaction, { ...input, kind: kind === 'feed' ? 'pickup' : 'backfill', storeUrl: store.url }, claims);
  };
  // A replay takes its place from the load that it replays.
  const early = claims.filter(({ object, firstLoadId }) => firstLoadId === undefined && isInFuture(object, began));
  const claimed = claims.length === 0 ? 0 : await deps.warehouse.transaction(claim, scope);
  await markLoads(sourceDeps, source, input.pipeline, scope.signal);
  return {
    found,
    before,
    claimed,
    waiting: unclaimed - claims.length,
    began,
    ...(faults.length > 0 && { faults: faults.slice(0, toldFaults) }),
    ...(left.files > 0 && { leftAlone: left.listed(typeof partitions === 'object') }),
    ...(early.length > 0 && { future: { files: early.length, first: early.slice(0, toldFiles).map(futureFile) } }),
  };
}

function futureFile({ object }: Claim): { object: string; reason: string } {
  return { object: shownKey(object.key), reason: futureReason(object) };
}

function earliestOf(candidates: readonly Claim[]): Claim[] {
  return [...candidates].sort((a, b) => Buffer.compare(a.order, b.order)).slice(0, pageSize);
}
