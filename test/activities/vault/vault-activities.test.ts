import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { vaultLoads } from '../../../src/engine/vault/vault-loads.js';
import { vaultTables } from '../../../src/engine/vault/vault-tables.js';
import type { PruneResult } from '../../../src/contracts/activities/processing.js';
import { keyedEntities } from '../../../src/engine/entities/entity.js';
import type { PipelineDefinition } from '../../../src/engine/definition/types.js';
import { loadVaultTable } from '../../../src/activities/vault/load-vault-table.js';
import { pruneChanges } from '../../../src/gear/prune-changes.js';
import { columnList } from '../../../src/engine/sql/identifier.js';
import { eastrock } from '../../../src/pipelines/eastrock.js';
import type { Transaction, Warehouse } from '../../../src/engine/warehouse.js';
import { rebuildFromVault } from '../../support/rebuild-from-vault.js';
import { warehouses } from '../../support/servers/servers.js';
import { VaultWarehouse, type Drop } from '../../support/vault-warehouse.js';

const id = fc.integer({ min: 1, max: 3 }).map(String);
const date = fc.constantFrom('1/1/2024', '29/2/2024', '31/12/2024');
const text = fc.constantFrom('', 'a', 'A', 'á', "o'b", 'ab:1');
const rowOf: Record<string, fc.Arbitrary<string[]>> = {
  users: fc.tuple(id, text, date, text),
  games: fc.tuple(id, id, text, date, fc.constantFrom('0', '7')),
  payments: fc.tuple(id, id, fc.constantFrom('1.5', '-2', '1.50'), date, fc.constantFrom('Deposit', 'correction')),
};
const drop = fc
  .constantFrom('users', 'games', 'payments')
  .chain((feed) => fc.array(rowOf[feed]!, { maxLength: 5 }).map((rows): Drop => ({ feed, rows })));
const steps = fc.array(fc.record({ drop, process: fc.boolean(), load: fc.boolean() }), { minLength: 1, maxLength: 10 });
const entities = keyedEntities(eastrock).map((entity) => ({ feed: entity.group, ...entity }));

describe.each(warehouses)('loading the vault on $name', ({ url }) => {
  let vault: VaultWarehouse;
  beforeAll(async () => {
    vault = await VaultWarehouse.make(url, eastrock);
  });
  beforeEach(() => vault.clear());
  afterAll(() => vault.close());

  const bulkRows = ({ name, key, values }: (typeof entities)[number]) =>
    vault.warehouse.query(`select ${columnList([...key, ...values])} from bulk.${name} order by ${columnList(key)}`);
  const rebuilt = (entity: string, datetime: string) => {
    const { sql, datetimes } = rebuildFromVault(eastrock, entity);
    return vault.warehouse.query(
      sql,
      Array.from({ length: datetimes }, () => datetime),
    );
  };
  const lastDatetime = async (feed: string) =>
    (await vault.warehouse.query<{ at: string | null }>('select max(load_datetime) as at from gear.loads where feed = ?', [feed]))[0]?.at;
  const processAll = async () => {
    for (const { name } of eastrock.feeds) await vault.process(name);
  };
  const countRows = async () => {
    const counts = vaultTables(eastrock).map(({ name }) => vault.warehouse.query<{ n: number }>(`select count(*) as n from ${name}`));
    return (await Promise.all(counts)).reduce((sum, [row]) => sum + Number(row?.n), 0);
  };
  /** Rows of all vault tables by the objects that brought them, which do not depend on the clock. */
  const contents = async () => {
    const loads = await vault.warehouse.query<{ source: string; load_datetime: string; object_key: string }>(
      `select concat(pipeline, '/', feed) as source, load_datetime, object_key from gear.loads`,
    );
    const objects = new Map(loads.map((load) => [`${load.source} ${load.load_datetime}`, load.object_key]));
    const read = vaultTables(eastrock).map(async ({ name }) => {
      const rows = await vault.warehouse.query<Record<string, string>>(`select * from ${name}`);
      const shared = name === 'vault.hub_user';
      return rows.map(({ load_datetime, record_source, ...row }) => {
        const object = objects.get(`${record_source} ${load_datetime}`);
        return `${name} ${JSON.stringify(row)} ${shared ? '' : String(object)}`;
      });
    });
    return (await Promise.all(read)).flat().sort();
  };

  it('lets bulk be rebuilt as it is, and as it was after every batch', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        await vault.clear();
        const history: { entity: string; datetime: string; rows: unknown[] }[] = [];
        const remember = async (feed: string) => {
          const datetime = await lastDatetime(feed);
          for (const entity of datetime ? entities.filter((each) => each.feed === feed) : []) {
            history.push({ entity: entity.name, datetime: datetime!, rows: await bulkRows(entity) });
          }
        };
        for (const step of sequence) {
          await vault.stage(step.drop);
          if (step.process) {
            await vault.process(step.drop.feed);
            await remember(step.drop.feed);
          }
          if (step.load) await vault.loadVault();
        }
        await processAll();
        for (const { name } of eastrock.feeds) await remember(name);
        await vault.loadVault();
        for (const { entity, datetime, rows } of history)
          expect({ entity, rows: await rebuilt(entity, datetime) }).toEqual({ entity, rows });
        expect(await vault.loadVault()).toBe(0);
      }),
      { numRuns: 8 },
    );
  });

  it('keeps the same versions for several loads in one batch as for each alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(drop, { minLength: 2, maxLength: 8 }), async (drops) => {
        const results: string[][] = [];
        for (const alone of [true, false]) {
          await vault.clear();
          for (const [index, each] of drops.entries()) {
            await vault.stage(each);
            if (alone) await vault.process(each.feed);
            if (alone && index % 2 === 0) await vault.loadVault();
          }
          await processAll();
          await vault.loadVault();
          const keys = await vault.warehouse.query<{ object_key: string }>('select object_key from gear.loads order by load_id');
          const places = new Map(keys.map(({ object_key: key }, place) => [key, `drop ${place}`]));
          results.push((await contents()).map((line) => line.replace(/\S+$/, (key) => places.get(key) ?? key)).sort());
        }
        expect(results[0]).toEqual(results[1]);
      }),
      { numRuns: 5 },
    );
  });

  it('adds nothing when loads are repeated, also by two workers at once', async () => {
    await vault.stage({
      feed: 'users',
      rows: [
        ['1', 'Ann', '1/1/2024', 'Spain'],
        ['2', 'Bob', '1/1/2024', 'Spain'],
      ],
    });
    await vault.process('users');
    const [once, again] = await Promise.all([vault.loadVault(), vault.loadVault()]);
    expect(once + again).toBe(2 + 1 + 2 + 2 + 2);
    expect(await vault.loadVault()).toBe(0);
    expect(await countRows()).toBe(once + again);
  });

  it('records a link that ends and comes back, at the loads that did so', async () => {
    for (const country of ['Spain', 'Peru', 'Spain']) await vault.stage({ feed: 'users', rows: [['1', 'Ann', '1/1/2024', country]] });
    await vault.process('users');
    await vault.loadVault();
    const rows = await vault.warehouse.query(
      `select c.country, e.is_active, l.object_key from vault.eff_sat_user_country e
       join vault.link_user_country k on k.user_country_hk = e.user_country_hk
       join vault.hub_country c on c.country_hk = k.country_hk
       join gear.loads l on l.load_datetime = e.load_datetime order by l.load_datetime, e.is_active`,
    );
    const short = rows.map((row) => [row.country, row.is_active]);
    expect(short).toEqual([
      ['Spain', 1],
      ['Spain', 0],
      ['Peru', 1],
      ['Peru', 0],
      ['Spain', 1],
    ]);
  });

  it('starts from bulk when older changes are gone, and goes on from there', async () => {
    await vault.stage({ feed: 'users', rows: [['1', 'Ann', '1/1/2024', 'Spain']] });
    await vault.stage({ feed: 'games', rows: [['5', '2', 'chess', '1/1/2024', '10']] });
    await vault.stage({ feed: 'payments', rows: [['7', '1', '3.10', '1/1/2024', 'Deposit']] });
    await processAll();
    for (const { tables } of entities) await vault.warehouse.execute(`delete from ${tables.changes}`);
    expect(await vault.loadVault()).toBeGreaterThan(0);
    await vault.stage({
      feed: 'users',
      rows: [
        ['1', 'Ann', '1/1/2024', 'Peru'],
        ['3', 'Cy', '1/1/2024', 'Peru'],
      ],
    });
    await vault.stage({
      feed: 'games',
      rows: [
        ['5', '2', 'go', '1/1/2024', '10'],
        ['5', '3', 'go', '1/1/2024', '10'],
      ],
    });
    await vault.stage({ feed: 'payments', rows: [['7', '2', '3.10', '1/1/2024', 'Deposit']] });
    await processAll();
    await vault.loadVault();
    for (const entity of entities) expect(await rebuilt(entity.name, '2999-01-01')).toEqual(await bulkRows(entity));
    expect(await vault.loadVault()).toBe(0);
  });

  it('holds all changes for a table from before its first fill, whatever a worker that does not know the table prunes', async () => {
    for (const name of ['Ann', 'Anna']) {
      await vault.stage({ feed: 'users', rows: [['1', name, '1/1/2024', 'Spain']] });
      await vault.process('users');
    }
    const loadOf = (table: string) => vaultLoads(eastrock).find(({ target }) => target === table)!;
    const known = loadOf('vault.hub_country');
    await loadVaultTable(vault.warehouse, known);
    const pruned: PruneResult[] = [];
    let transactions = 0;
    // The first transaction is the one that holds the changes: only when it is committed must they stay.
    const prune = async () => {
      if (transactions > 1) pruned.push(await pruneChanges(vault.warehouse, eastrock, [known]));
    };
    const pruning: Warehouse = Object.create(vault.warehouse, {
      transaction: {
        value: <T>(work: (transaction: Transaction) => Promise<T>, options: Parameters<Warehouse['transaction']>[1]) =>
          vault.warehouse.transaction(async (transaction) => {
            transactions++;
            await prune();
            const result = await work(transaction);
            await prune();
            return result;
          }, options),
      },
    });
    await loadVaultTable(pruning, loadOf('vault.sat_user'));
    expect(pruned).toEqual([{ rows: 0 }, { rows: 0 }]);
    const names = await vault.warehouse.query('select user_name from vault.sat_user order by load_datetime');
    expect(names).toEqual([{ user_name: 'Ann' }, { user_name: 'Anna' }]);
  });

  it('fills a hub that gets a further source, and refuses a link whose key is made in another way', async () => {
    await vault.stage({ feed: 'users', rows: [['1', 'Ann', '1/1/2024', 'Spain']] });
    await vault.stage({ feed: 'payments', rows: [['7', '9', '3.10', '1/1/2024', 'Deposit']] });
    await processAll();
    const withHubs = (change: (vaultOf: PipelineDefinition['vault']) => PipelineDefinition['vault']) => ({
      ...eastrock,
      vault: change(eastrock.vault),
    });
    const usersOnly = withHubs((all) => ({
      hubs: all.hubs.map((hub) => ({ ...hub, from: hub.from.slice(0, 1) })),
      links: [],
      satellites: [],
    }));
    const hubUser = (definition: PipelineDefinition) => vaultLoads(definition).find(({ target }) => target === 'vault.hub_user')!;
    expect(await loadVaultTable(vault.warehouse, hubUser(usersOnly))).toEqual({ rowsInserted: 1 });
    expect(await loadVaultTable(vault.warehouse, hubUser(eastrock))).toEqual({ rowsInserted: 1 });
    expect(await loadVaultTable(vault.warehouse, hubUser(eastrock))).toEqual({ rowsInserted: 0 });

    const reversed = withHubs((all) => ({ ...all, links: all.links.map((link) => ({ ...link, hubs: [...link.hubs].reverse() })) }));
    const linkPayment = (definition: PipelineDefinition) => vaultLoads(definition).find(({ target }) => target === 'vault.link_payment')!;
    await loadVaultTable(vault.warehouse, linkPayment(eastrock));
    await expect(loadVaultTable(vault.warehouse, linkPayment(reversed))).rejects.toThrow(/link_payment is insert-only/);
  });

  it('keeps no changes for a hub that no longer reads their feed', async () => {
    const loadOf = (name: string, definition: PipelineDefinition) => vaultLoads(definition).find(({ target }) => target === name)!;
    const hubs = eastrock.vault.hubs.map((hub) => ({ ...hub, from: hub.from.slice(0, 1) }));
    const usersOnly = loadOf('vault.hub_user', { ...eastrock, vault: { ...eastrock.vault, hubs } });
    const transactions = loadOf('vault.hub_transaction', eastrock);
    await loadVaultTable(vault.warehouse, loadOf('vault.hub_user', eastrock));
    await loadVaultTable(vault.warehouse, usersOnly);
    await vault.stage({ feed: 'payments', rows: [['7', '9', '3.10', '1/1/2024', 'Deposit']] });
    await processAll();
    await loadVaultTable(vault.warehouse, transactions);
    expect(await pruneChanges(vault.warehouse, eastrock, [usersOnly, transactions])).toEqual({ rows: 1 });
  });
});
