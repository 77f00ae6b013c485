import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { claimObjects } from '../../../src/activities/pickup/claim-objects.js';
import { readMigrations } from '../../../src/config/read-migrations.js';
import { FileStore } from '../../../src/connectors/file/file-store.js';
import { migrate } from '../../../src/gear/migrate/migrate.js';
import { compilePipeline } from '../../../src/engine/compiled-pipeline.js';
import type { ColumnDefinition, PipelineDefinition } from '../../../src/engine/definition/types.js';
import { warehouseSchema } from '../../../src/engine/schema/warehouse-schema.js';
import { land } from '../../support/land.js';
import { freshPrefix, warehouses } from '../../support/servers/servers.js';
import { quietScope, WarehouseChain } from '../../support/warehouse-chain.js';

const id: ColumnDefinition = { name: 'id', header: 'Id', type: { kind: 'integer', min: '1', max: '999' }, reason: 'bad_id' };
const name: ColumnDefinition = { name: 'label', header: 'Label', type: { kind: 'text', maxLength: 40, empty: 'none' }, reason: 'too_long' };
const quantity: ColumnDefinition = { name: 'qty', header: 'Qty', type: { kind: 'integer', min: '0', max: '999' }, reason: 'bad_qty' };
const note: ColumnDefinition = {
  name: 'note',
  header: 'Note',
  type: { kind: 'text', maxLength: 40, empty: 'no note' },
  reason: 'too_long',
};
const day = (format: 'yyyy-mm-dd' | 'd/m/yyyy'): ColumnDefinition => ({
  name: 'day',
  header: 'Day',
  type: { kind: 'date', format },
  reason: 'bad_day',
});
const kindOf = (values: readonly string[]): ColumnDefinition => ({
  name: 'kind',
  header: 'Kind',
  type: { kind: 'choice', values },
  reason: 'bad_kind',
});

/** One feed of things with these columns, all but the key's in a satellite each. */
function release(columns: readonly ColumnDefinition[]): PipelineDefinition {
  const values = columns.slice(1).map((column) => column.name);
  return {
    name: 'shop',
    sourceSetting: 'SHOP_SOURCE_URL',
    schedules: { pickup: '*/3 * * * *', process: '*/10 * * * *', aggregate: '*/10 * * * *' },
    feeds: [
      {
        name: 'things',
        match: '^things.*\\.csv$',
        reasons: ['bad_id', 'too_long', 'bad_qty', 'bad_day', 'bad_kind'],
        columns,
      },
    ],
    entities: [{ name: 'things', key: ['id'], values, from: [{ feed: 'things' }] }],
    surrogates: [],
    vault: {
      hubs: [{ name: 'thing', key: 'thing_id', from: [{ entity: 'things', column: 'id' }] }],
      links: [],
      satellites: values.map((column) => ({
        name: `thing_${column}`,
        entity: 'things',
        parent: { hub: 'thing', column: 'id' },
        columns: [column],
      })),
    },
    sqlFolder: 'sql/shop',
  };
}

describe.each(warehouses)('an upgrade while files come, on $name', ({ url }) => {
  let folder: string;
  let prefix: string;
  const chains: WarehouseChain[] = [];
  /** The activities of a worker of that release. */
  const worker = (columns: readonly ColumnDefinition[], chunkBytes?: number): WarehouseChain => {
    const chain = new WarehouseChain({
      url,
      prefix,
      pipeline: compilePipeline(release(columns), []),
      sourceUrl: `file://${folder}`,
      openStore: (address) => new FileStore(fileURLToPath(address), 0),
      ...(chunkBytes === undefined ? {} : { chunkBytes }),
    });
    chains.push(chain);
    return chain;
  };
  const deliver = (file: string, lines: readonly string[]) => writeFile(join(folder, file), [...lines, ''].join('\n'));
  const recheck = async (chain: WarehouseChain) =>
    migrate(chain.warehouse, prefix, warehouseSchema([...chain.pipelines.values()], await readMigrations()), { recheck: true });
  const bulk = (chain: WarehouseChain, columns: string) => chain.warehouse.query(`select id, ${columns} from bulk.things order by id`);
  const waits = {
    type: 'contention',
    message: expect.stringMatching(/this worker has the definitions .* but strata migrate applied/) as unknown,
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-upgrade-'));
    prefix = freshPrefix();
  });
  afterEach(async () => {
    await Promise.all(chains.splice(0).map((chain) => chain.close()));
    await rm(folder, { recursive: true });
  });

  it('loses no value of a new column, whichever worker takes a task', async () => {
    const [old, young] = [worker([id, name]), worker([id, name, quantity])];
    await old.migrate();
    await young.migrate();
    await deliver('things-1.csv', ['Id,Label,Qty', '1,a,5']);
    await expect(old.pickup('things')).rejects.toMatchObject(waits);
    await young.pickup('things');
    await young.process('things');
    await young.loadVault();
    await deliver('things-2.csv', ['Id,Label,Qty', '1,b,7', '2,c,9']);
    await young.pickup('things');
    await expect(old.process('things')).rejects.toMatchObject(waits);
    await expect(old.prune('things')).rejects.toMatchObject(waits);
    expect(await young.process('things')).toMatchObject({ loads: 1, inserted: 1, updated: 1 });
    await young.loadVault();
    expect(await bulk(young, 'label, qty')).toEqual([
      { id: 1, label: 'b', qty: 7 },
      { id: 2, label: 'c', qty: 9 },
    ]);
    expect(
      await young.warehouse.query(
        'select h.thing_id, s.qty from vault.hub_thing h join vault.sat_thing_qty s using (thing_hk) order by 1, s.load_datetime',
      ),
    ).toEqual([
      { thing_id: 1, qty: 5 },
      { thing_id: 1, qty: 7 },
      { thing_id: 2, qty: 9 },
    ]);
  });

  it('waits for what the former release staged, and says how to go on', async () => {
    const [old, young] = [worker([id, name]), worker([id, name, quantity])];
    await old.migrate();
    await deliver('things-1.csv', ['Id,Label', '1,a']);
    await old.pickup('things');
    await expect(young.migrate()).rejects.toMatchObject({
      type: 'misconfigured',
      message: expect.stringMatching(
        /nothing was changed, because [^]*shop\/things: 1 \(the first is load 1\)[^]*strata run shop\. Then run: strata migrate\n[^]*strata migrate --recheck/,
      ) as unknown,
    });
    expect(await old.process('things')).toMatchObject({ inserted: 1 });
    await young.migrate();
    await deliver('things-2.csv', ['Id,Label,Qty', '2,b,3']);
    await young.pickup('things');
    await young.process('things');
    expect(await bulk(young, 'label, qty')).toEqual([
      { id: 1, label: 'a', qty: null },
      { id: 2, label: 'b', qty: 3 },
    ]);
  });

  it('knows nothing of a column that staged rows came without', async () => {
    const [old, young] = [worker([id, name]), worker([id, name, quantity, note])];
    await old.migrate();
    await deliver('things-1.csv', ['Label,Id', 'a,1', ',2']);
    await old.pickup('things');
    await recheck(young);
    await expect(old.process('things')).rejects.toMatchObject(waits);
    expect(await young.process('things')).toMatchObject({ inserted: 2 });
    expect(await bulk(young, 'label, qty, note')).toEqual([
      { id: 1, label: 'a', qty: null, note: null },
      { id: 2, label: 'none', qty: null, note: null },
    ]);
  });

  it.each([
    {
      change: 'the form of a date',
      before: day('yyyy-mm-dd'),
      after: day('d/m/yyyy'),
      rows: ['2024-02-01', '2024-02-03'],
      bad: { 1: '2024-02-01', 2: '2024-02-03' },
      reason: 'bad_day',
      next: '3/2/2024',
    },
    {
      change: 'the values of a choice',
      before: kindOf(['big', 'small']),
      after: kindOf(['small', 'tiny']),
      rows: ['big', ' Small ', 'BIG'],
      bad: { 1: 'big', 3: 'BIG' },
      reason: 'bad_kind',
      next: 'tiny',
    },
    {
      change: 'the bounds of a number',
      before: quantity,
      after: { ...quantity, type: { kind: 'integer', min: '5', max: '9' } } as const,
      rows: ['4', '007', '10'],
      bad: { 1: '4', 3: '10' },
      reason: 'bad_qty',
      next: '9',
    },
  ])(
    'puts staged rows into quarantine that $change leaves no way for, and the feed goes on',
    async ({ before, after, rows, bad, reason, next }) => {
      const [old, young] = [worker([id, name, before]), worker([id, name, after])];
      await old.migrate();
      await deliver('things-1.csv', [`Label,Id,${before.header}`, ...rows.map((value, index) => `"a, ""b"" é",${index + 1},${value}`)]);
      await old.pickup('things');
      await expect(young.migrate()).rejects.toMatchObject({ type: 'misconfigured' });
      await recheck(young);
      await deliver('things-2.csv', [`Id,Label,${before.header}`, `9,z,${next}`]);
      await young.pickup('things');
      const broken = Object.entries(bad);
      const good = rows.length - broken.length;
      expect(await young.process('things')).toMatchObject({ loads: 2, inserted: good + 1, more: false });
      const entries = await young.warehouse.query<{ raw: Buffer; reasons: string }>(
        'select load_id, reasons, raw, row_bytes from gear.quarantine order by row_offset',
      );
      expect(entries.map((entry) => ({ ...entry, raw: entry.raw.toString() }))).toEqual(
        broken.map(([key, value]) => {
          const raw = `"a, ""b"" é",${key},${value}`;
          return { load_id: 1, reasons: reason, raw, row_bytes: Buffer.byteLength(raw) };
        }),
      );
      expect(await young.warehouse.query('select rows_staged, rows_quarantined, state from gear.loads where load_id = 1')).toEqual([
        { rows_staged: good, rows_quarantined: broken.length, state: 'processed' },
      ]);
      expect((await bulk(young, 'label')).map((row) => row.id)).toEqual([
        ...rows.flatMap((_, index) => (String(index + 1) in bad ? [] : [index + 1])),
        9,
      ]);
      expect(await young.process('things')).toMatchObject({ batch: null });
    },
  );

  it('restarts a file that the former release has landed a part of', async () => {
    const [old, young] = [worker([id, name, day('yyyy-mm-dd')], 80), worker([id, name, day('d/m/yyyy')], 80)];
    await old.migrate();
    const rows = Array.from({ length: 60 }, (_, index) => `${index + 1},name ${index + 1},${index < 30 ? '2024-02-01' : '1/2/2024'}`);
    await deliver('things-1.csv', ['Id,Label,Day', ...rows]);
    await claimObjects(old.deps, { pipeline: 'shop', feed: 'things', source: { kind: 'feed' } }, quietScope);
    const stop = new AbortController();
    let reports = 0;
    const report = () => {
      reports += 1;
      if (reports === 6) stop.abort(new Error('the worker ends'));
    };
    await expect(land(old.deps, 1, { ...quietScope, signal: stop.signal, report })).rejects.toThrow('the worker ends');
    const [begun] = await old.warehouse.query<{ rows_staged: number }>('select rows_staged from gear.loads');
    expect(begun!.rows_staged).toBeGreaterThan(0);
    expect(begun!.rows_staged).toBeLessThan(30);
    await young.migrate();
    await expect(land(old.deps, 1, quietScope)).rejects.toMatchObject(waits);
    expect(await land(young.deps, 1, quietScope)).toMatchObject({ outcome: 'staged', rowsStaged: 30, rowsQuarantined: 30 });
    expect(await young.process('things')).toMatchObject({ inserted: 30 });
  });
});
