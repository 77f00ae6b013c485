import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { processBatch } from '../../src/activities/processing/process-batch.js';
import type { PipelineDefinition } from '../../src/engine/definition/types.js';
import { validatePipelines } from '../../src/engine/definition/validate.js';
import { warehouses } from '../support/servers/servers.js';
import { VaultWarehouse } from '../support/vault-warehouse.js';
import { quietScope } from '../support/warehouse-chain.js';

const text = (name: string) => ({ name, header: name, type: { kind: 'text', maxLength: 20 }, reason: 'too_long' }) as const;
const site: PipelineDefinition = {
  name: 'site',
  sourceSetting: 'SITE_SOURCE_URL',
  schedules: { pickup: '*/3 * * * *', process: '*/10 * * * *', aggregate: '*/10 * * * *' },
  release: 'keep',
  feeds: [
    {
      name: 'logs',
      match: 'raw/(?<date>[0-9-]+)/visits\\.csv',
      partition: { column: 'log_date', group: 'date' },
      reasons: ['too_long'],
      columns: [text('page'), { ...text('user_name'), nullable: true }],
    },
  ],
  entities: [
    {
      name: 'visits',
      replaces: 'partition',
      values: ['page', 'user_name'],
      indexes: [['user_name', 'log_date']],
      from: [{ feed: 'logs' }],
    },
    { name: 'users', key: ['user_name'], values: [], from: [{ feed: 'logs', where: { filled: 'user_name' } }] },
  ],
  surrogates: [],
  vault: { hubs: [], links: [], satellites: [] },
  sqlFolder: 'sql/site',
};

const days = ['2020-06-01', '2020-06-02'] as const;
const rows = fc.array(fc.tuple(fc.constantFrom('/', '/a', '/b'), fc.constantFrom('', 'ada')), { maxLength: 3 });
const step = fc.record({
  /** A file of a day, or rows of an earlier file that were fixed in quarantine. */
  of: fc.oneof(fc.constantFrom(...days), fc.nat(9)),
  place: fc.integer({ min: 1, max: 999 }),
  rows,
  process: fc.boolean(),
});
const steps = fc.uniqueArray(step, { minLength: 2, maxLength: 8, selector: ({ place }) => place });

interface File {
  readonly key: string;
  readonly date: string;
  readonly place: number;
  readonly rows: readonly string[][];
  /** The rows that stood in quarantine, as the last replay of each has them. */
  readonly fixed: Map<number, { readonly place: number; readonly row: string[] }>;
}

describe.each(warehouses)('an entity that replaces its partitions, on $name', ({ url }) => {
  let lab: VaultWarehouse;
  beforeAll(async () => {
    const [definition] = validatePipelines([site]);
    lab = await VaultWarehouse.make(url, definition!);
  });
  beforeEach(() => lab.clear());
  afterAll(() => lab.close());

  const log = (date: string, place: number, ...pages: readonly string[]) =>
    lab.stage({ feed: 'logs', date, place, rows: pages.map((page) => [page, '']) });
  const visits = async () =>
    (
      await lab.warehouse.query<{ log_date: string; page: string }>('select log_date, page from bulk.visits order by log_date, row_offset')
    ).map(({ log_date, page }) => `${log_date} ${page}`);
  const changed = async () =>
    (
      await lab.warehouse.query<{ date: string; batch_number: number }>(
        "select partition_date as date, batch_number from gear.partition_changes where entity = 'visits' order by partition_date",
      )
    ).map(({ date, batch_number }) => [date, Number(batch_number)]);

  it('takes the rows of the last file of each date, and of fixed rows the last ones, in whichever order they come', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        await lab.clear();
        const files: File[] = [];
        for (const { of, place, rows: own, process } of list) {
          const first = typeof of === 'number' ? files[of % Math.max(1, files.length)] : undefined;
          if (first) {
            const places = own.map((_row, index) => 100 + index);
            await lab.stage({ feed: 'logs', date: first.date, place, rows: own, replays: { key: first.key, places } });
            for (const [index, row] of own.entries()) {
              const before = first.fixed.get(places[index]!);
              if (!before || before.place < place) first.fixed.set(places[index]!, { place, row });
            }
          } else {
            const date = typeof of === 'number' ? days[0] : of;
            files.push({ key: await lab.stage({ feed: 'logs', date, place, rows: own }), date, place, rows: own, fixed: new Map() });
          }
          if (process) await processAll();
        }
        await processAll();
        const stored = await lab.warehouse.query('select log_date, page, user_name from bulk.visits order by log_date, row_offset');
        expect(stored.map((row) => Object.values(row))).toEqual(days.flatMap((date) => lastFile(files, date)));
      }),
      { numRuns: 25 },
    );
  });

  const processAll = async () => {
    while ((await lab.process('logs')).more);
  };

  it('deletes what a later file of the date replaces, and counts an older one that comes late as outdated', async () => {
    await log(days[0], 2, '/a', '/b');
    await log(days[1], 1, '/c');
    expect(await lab.process('logs')).toMatchObject({ batch: 1, inserted: 3, outdated: 0 });
    expect([await visits(), await changed()]).toEqual([
      [`${days[0]} /a`, `${days[0]} /b`, `${days[1]} /c`],
      [
        [days[0], 1],
        [days[1], 1],
      ],
    ]);
    await log(days[0], 3, '/d');
    expect(await lab.process('logs')).toMatchObject({ batch: 2, inserted: 1, outdated: 0 });
    await log(days[0], 1, '/old', '/older');
    expect(await lab.process('logs')).toMatchObject({ batch: 3, inserted: 0, outdated: 2 });
    expect([await visits(), await changed()]).toEqual([
      [`${days[0]} /d`, `${days[1]} /c`],
      [
        [days[0], 2],
        [days[1], 1],
      ],
    ]);
    await log(days[1], 9);
    expect(await lab.process('logs')).toMatchObject({ batch: 4, inserted: 0, outdated: 0 });
    expect([await visits(), (await changed())[1]]).toEqual([[`${days[0]} /d`], [days[1], 4]]);
    expect(
      await lab.warehouse.query(
        "select count(*) as n from information_schema.tables where table_schema = ? and table_name = 'changes_visits'",
        [`${lab.prefix}gear`],
      ),
    ).toEqual([{ n: 0 }]);
  });

  it('leaves nothing behind where a worker dies before the commit, and does it once where two attempts meet', async () => {
    await log(days[0], 1, '/a');
    await lab.process('logs');
    await log(days[0], 2, '/b', '/c');
    const dying = Object.assign(Object.create(lab.warehouse) as typeof lab.warehouse, {
      transaction: ((work, options) =>
        lab.warehouse.transaction(async (transaction) => {
          await work(transaction);
          throw new Error('the worker dies');
        }, options)) as typeof lab.warehouse.transaction,
    });
    const deps = { ...lab.deps, warehouse: dying };
    await expect(processBatch(deps, { pipeline: 'site', feed: 'logs' }, quietScope)).rejects.toThrow('the worker dies');
    expect([await visits(), await changed()]).toEqual([[`${days[0]} /a`], [[days[0], 1]]]);
    const attempts = await Promise.all([lab.process('logs'), lab.process('logs')]);
    expect(attempts.map(({ batch }) => batch).sort()).toEqual([2, null]);
    expect([await visits(), await changed()]).toEqual([[`${days[0]} /b`, `${days[0]} /c`], [[days[0], 2]]]);
  });
});

/** The rows of the date's last file, then those that were fixed. */
function lastFile(files: readonly File[], date: string): unknown[][] {
  const [last] = files.filter((file) => file.date === date).sort((a, b) => b.place - a.place);
  if (!last) return [];
  const fixed = [...last.fixed].sort(([a], [b]) => a - b).map(([, { row }]) => row);
  return [...last.rows, ...fixed].map(([page, user]) => [date, page, user === '' ? null : user]);
}
