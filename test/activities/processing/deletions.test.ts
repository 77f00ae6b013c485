import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { processBatch } from '../../../src/activities/processing/process-batch.js';
import { pruneStaging } from '../../../src/activities/processing/prune-staging.js';
import { withinTransaction } from '../../../src/activities/trial/within-transaction.js';
import { acceptDeletions, refusedSnapshot } from '../../../src/gear/deletions/refuse-staged.js';
import type { DeliveryDefinition } from '../../../src/engine/definition/types.js';
import { contractChecksum } from '../../../src/engine/read/contract.js';
import { stock } from '../../properties/deletions/stock.js';
import { warehouses } from '../../support/servers/servers.js';
import { VaultWarehouse } from '../../support/vault-warehouse.js';
import { quietScope } from '../../support/warehouse-chain.js';

const guarded = {
  ...stock,
  feeds: stock.feeds.map((feed) =>
    feed.delivery?.kind === 'snapshot' ? { ...feed, delivery: { kind: 'snapshot', refuseAbove: 0.5 } as const } : feed,
  ),
};
const item = (id: number) => [String(id), 'a', '', 'x'];

describe.each(warehouses)('snapshots on $name', ({ url }) => {
  let lab: VaultWarehouse;
  beforeAll(async () => {
    lab = await VaultWarehouse.make(url, guarded);
  });
  beforeEach(() => lab.clear());
  afterAll(() => lab.close());

  const processAll = async () => {
    const results = [];
    for (let more = true; more;) {
      const result = await lab.process('all_items', 0);
      results.push(result);
      more = result.more;
    }
    return results;
  };
  const ids = async () =>
    (await lab.warehouse.query<{ item_id: number }>('select item_id from bulk.items order by item_id')).map((row) => row.item_id);
  const loadOf = async (key: string) =>
    (
      await lab.warehouse.query<{ load_id: number; state: string; batch_number: number | null }>(
        'select load_id, state, batch_number from gear.loads where object_key = ?',
        [key],
      )
    )[0]!;

  it('that would delete more than they may are refused and wait, while later ones go on', async () => {
    await lab.stage({ feed: 'all_items', rows: [1, 2, 3, 4].map(item) });
    const cut = await lab.stage({ feed: 'all_items', rows: [item(1)] });
    await lab.stage({ feed: 'all_items', rows: [1, 2, 3].map(item) });
    expect(await processAll()).toMatchObject([
      { batch: 1, inserted: 4 },
      { batch: null, refused: 1, more: true },
      { batch: 2, unchanged: 3, deleted: 1, more: false },
    ]);
    expect(await ids()).toEqual([1, 2, 3]);
    const { load_id: loadId, state, batch_number: batch } = await loadOf(cut);
    expect({ state, batch }).toEqual({ state: 'refused', batch: null });
    const [refusal] = await lab.warehouse.query<{ problem: string }>('select problem from gear.refusals where load_id = ?', [loadId]);
    expect(refusal!.problem).toBe(
      `it lacks 3 of the 4 keys of bulk.items, and refuseAbove allows 50 % of them. Its rows wait in staging. If the file is right, run: strata quarantine replay ${loadId} --accept-deletions. If it is not, let the right file be delivered`,
    );
    expect(await lab.warehouse.query('select reasons, line_number from gear.quarantine where load_id = ?', [loadId])).toEqual([
      { reasons: 'too_many_deletions', line_number: 1 },
    ]);
    // A later one has said which keys there are: nobody can want its rows any more.
    await pruneStaging(
      lab.deps,
      { pipeline: 'stock', feed: 'all_items' },
      { signal: new AbortController().signal, report: () => undefined },
    );
    expect(await lab.warehouse.query('select load_id from staging.all_items')).toEqual([]);
    expect(await refusedSnapshot(lab.warehouse, loadId)).toBe('superseded');
    expect(await lab.warehouse.transaction((transaction) => acceptDeletions(transaction, loadId))).toBe('superseded');
    expect(await loadOf(cut)).toMatchObject({ state: 'refused' });
  });

  it('that would delete more than they may are refused before anything of them is merged', async () => {
    await lab.stage({ feed: 'all_items', rows: [1, 2, 3, 4].map(item) });
    await processAll();
    await lab.stage({ feed: 'all_items', rows: [item(1), item(9)] });
    const steps: string[] = [];
    const scope = { ...quietScope, report: ({ message }: { readonly message: string }) => void steps.push(message) };
    const of = { pipeline: 'stock', feed: 'all_items' };
    expect(await processBatch({ ...lab.deps, appendFrom: Infinity }, of, scope)).toMatchObject({ refused: 1 });
    expect(steps).toEqual([expect.stringContaining('reading staging for items')]);
  });

  it('can not be accepted while a later one is processed, nor after it, also before their rows leave staging', async () => {
    await lab.stage({ feed: 'all_items', rows: [1, 2, 3, 4].map(item) });
    const cut = await lab.stage({ feed: 'all_items', rows: [item(1)] });
    await processAll();
    const { load_id: loadId } = await loadOf(cut);
    await lab.stage({ feed: 'all_items', rows: [1, 2, 3].map(item) });
    let accepted: Promise<unknown> = Promise.resolve();
    await lab.warehouse.transaction(async (transaction) => {
      const deps = { ...lab.deps, warehouse: withinTransaction(transaction) };
      await processBatch(deps, { pipeline: 'stock', feed: 'all_items' }, quietScope);
      accepted = lab.warehouse.transaction((other) => acceptDeletions(other, loadId));
      await Promise.race([accepted, sleep(500)]);
    });
    expect(await accepted).toBe('superseded');
    expect(await loadOf(cut)).toMatchObject({ state: 'refused' });
    expect(await lab.warehouse.query('select load_id from gear.accepted_deletions')).toEqual([]);
  });

  it('that were refused delete what they lack once they are accepted', async () => {
    await lab.stage({ feed: 'all_items', rows: [1, 2, 3, 4].map(item) });
    const right = await lab.stage({ feed: 'all_items', rows: [item(4)] });
    await processAll();
    const { load_id: loadId } = await loadOf(right);
    await pruneStaging(
      lab.deps,
      { pipeline: 'stock', feed: 'all_items' },
      { signal: new AbortController().signal, report: () => undefined },
    );
    expect(await refusedSnapshot(lab.warehouse, loadId)).toBe('waiting');
    expect(await lab.warehouse.transaction((transaction) => acceptDeletions(transaction, loadId))).toBe('waiting');
    expect(await processAll()).toMatchObject([{ batch: 2, unchanged: 1, deleted: 3 }]);
    expect(await ids()).toEqual([4]);
    expect(await lab.warehouse.query('select 1 from gear.quarantine union all select 1 from gear.refusals')).toEqual([]);
    expect(await lab.warehouse.query('select deleted, absent from gear.load_deletions')).toEqual([{ deleted: 0, absent: 3 }]);
  });

  it('delete nothing while rows of them are in quarantine, and nothing as a part of such a file', async () => {
    await lab.stage({ feed: 'all_items', rows: [1, 2].map(item) });
    const first = await lab.stage({ feed: 'all_items', rows: [item(1)], quarantined: 1 });
    const part = await lab.stage({ feed: 'all_items', rows: [item(3)] });
    await lab.warehouse.execute('insert into gear.corrections (load_id, first_load_id) values (?, ?)', [
      (await loadOf(part)).load_id,
      (await loadOf(first)).load_id,
    ]);
    expect(await processAll()).toMatchObject([{ inserted: 2 }, { unchanged: 1, deleted: 0 }, { inserted: 1, deleted: 0 }]);
    expect(await ids()).toEqual([1, 2, 3]);
  });

  it('are files that were snapshots when they came: loads that wait are not made snapshots, nor anything else', async () => {
    const merged = { ...stock, feeds: stock.feeds.map((feed) => ({ ...feed, delivery: undefined })) };
    const was = (delivery: DeliveryDefinition | undefined) => contractChecksum({ ...stock.feeds[0]!, delivery });
    expect(was({ kind: 'merge' })).toBe(was(undefined));
    expect(was({ kind: 'snapshot', refuseAbove: 0.1 })).toBe(was({ kind: 'snapshot', refuseAbove: 0.9 }));
    const key = await lab.stage({ feed: 'all_items', rows: [item(1)] });
    const { load_id: loadId } = await loadOf(key);
    const stagedBy = (contract: string) =>
      lab.warehouse.execute('update gear.load_contracts set contract = ? where load_id = ?', [contract, loadId]);
    for (const [contract, definition, before, after] of [
      [was(undefined), stock, 'merge', 'snapshot'],
      ['0123456789abcdef', stock, 'merge', 'snapshot'],
      [was({ kind: 'snapshot', refuseAbove: 1 }), merged, 'snapshot', 'merge'],
    ] as const) {
      await stagedBy(contract);
      for (const recheck of [false, true])
        await expect(lab.migrate(definition, { recheck })).rejects.toThrow(`and their delivery was ${before}, now ${after}`);
    }
    await stagedBy('snapshot-0123456789abcdef');
    await expect(lab.migrate(guarded)).rejects.toThrow('run: strata migrate --recheck');
    await lab.migrate(guarded, { recheck: true });
  });

  it('can not become files that delete nothing once keys were deleted', async () => {
    const merged = { ...guarded, feeds: guarded.feeds.map((feed) => ({ ...feed, delivery: undefined })) };
    await lab.stage({ feed: 'all_items', rows: [1, 2, 3].map(item) });
    await processAll();
    await lab.migrate(merged);
    await lab.migrate(guarded);
    await lab.stage({ feed: 'all_items', rows: [1, 2].map(item) });
    await processAll();
    await expect(lab.migrate(merged)).rejects.toThrow(
      /stock: items, of which load \d+ of all_items deleted keys first, as a snapshot: all_items must deliver snapshots\nKeep the feeds with/,
    );
    await lab.migrate(guarded);
  });

  it('can not become files that delete keys in another way once keys were deleted, also where other feeds delete keys', async () => {
    const withDelivery = (name: string, delivery: DeliveryDefinition | undefined) => ({
      ...guarded,
      feeds: guarded.feeds.map((feed) => (feed.name === name ? { ...feed, delivery } : feed)),
    });
    const tombstones = { kind: 'tombstones', column: 'name', values: ['gone'] } as const;
    await lab.stage({ feed: 'all_items', rows: [1, 2, 3].map(item) });
    await processAll();
    for (const delivery of [tombstones, undefined]) await lab.migrate(withDelivery('all_items', delivery));
    await lab.migrate(guarded);
    await lab.stage({ feed: 'all_items', rows: [1, 2].map(item) });
    await processAll();
    for (const delivery of [tombstones, undefined])
      await expect(lab.migrate(withDelivery('all_items', delivery))).rejects.toThrow(/of all_items deleted keys first, as a snapshot/);
    // Its files know nothing of keys yet.
    await lab.migrate(withDelivery('item_changes', undefined));
    await lab.migrate(guarded);
    await lab.stage({ feed: 'item_changes', rows: [[...item(1), 'D']] });
    expect(await lab.process('item_changes', 0)).toMatchObject({ deleted: 1 });
    for (const delivery of [{ kind: 'snapshot', refuseAbove: 1 } as const, undefined])
      await expect(lab.migrate(withDelivery('item_changes', delivery))).rejects.toThrow(
        /items, of which load \d+ of item_changes deleted keys first, by tombstones: item_changes must deliver tombstones\n/,
      );
    await lab.migrate(guarded);
  });

  it('can be tried in a transaction, of which a refused one leaves the rest as it is', async () => {
    await lab.stage({ feed: 'all_items', rows: [1, 2, 3, 4].map(item) });
    await lab.stage({ feed: 'all_items', rows: [item(1), item(9)] });
    await lab.warehouse.transaction(async (transaction) => {
      const deps = { ...lab.deps, warehouse: withinTransaction(transaction) };
      const of = { pipeline: 'stock', feed: 'all_items' };
      await processBatch(deps, of, quietScope);
      expect(await processBatch(deps, of, quietScope)).toMatchObject({ batch: null, refused: 1 });
      expect(await transaction.query('select item_id from bulk.items order by item_id')).toEqual(
        [1, 2, 3, 4].map((id) => ({ item_id: id })),
      );
    });
  });
});
