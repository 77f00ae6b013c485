import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refreshMart } from '../../src/activities/marts/refresh-mart.js';
import type { CompiledPipeline } from '../../src/engine/compiled-pipeline.js';
import type { Warehouse } from '../../src/engine/warehouse.js';
import { writeBatch } from '../support/bulk-writer.js';
import { compileEastrock, migratedWarehouse } from '../support/mart-warehouse.js';
import { warehouses } from '../support/servers/servers.js';
import { documentAt, fencedBlocks, prose, tables } from './documents.js';

const page = documentAt('docs/reference/bus.md');
const [tableRows = [], viewRows = [], columnRows = [], middleRows = [], calendarRows = []] = tables(page);
const examples = fencedBlocks(page).filter(({ language }) => language === 'sql');
const named = (text = '') => [...text.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
const withKeys = (rows: readonly string[][]) => rows.map(([name, , key]) => [...named(name), named(key).sort()]);
/** The columns of each table and view, as the page lists them. */
const columnLists = new Map([...page.text.matchAll(/^- `(\w+)`: (.*\n(?: {2}.*\n)*)/gm)].map(([, name = '', list]) => [name, named(list)]));

describe('docs/reference/bus.md', () => {
  let pipeline: CompiledPipeline;
  const marts = () => pipeline.catalog.marts.filter(({ target }) => target.startsWith('bus.'));

  beforeAll(async () => {
    pipeline = await compileEastrock();
  });

  it('has a row for every table and view of bus, with its key, and for nothing else', () => {
    expect(withKeys(tableRows).sort()).toEqual(
      marts()
        .map(({ name, key }) => [name, [...key].sort()])
        .sort(),
    );
    const entities = new Map(pipeline.definition.entities.map(({ name, key }) => [`bulk.${name}`, key]));
    const keyOf = (select: string) => [...(entities.get(/^from (bulk\.\w+)/m.exec(select)?.[1] ?? '') ?? [])].sort();
    expect(withKeys(viewRows).sort()).toEqual(pipeline.catalog.views.map(({ name, select }) => [name, keyOf(select)]).sort());
  });

  it('says once what each column means', () => {
    const explained = [...columnRows, ...middleRows, ...calendarRows].flatMap(([cell]) => named(cell));
    expect(explained.sort()).toEqual([...new Set([...columnLists.values()].flat())].sort());
  });

  it('says of each middle which column it averages', () => {
    const averaged = marts().flatMap(({ columns }) =>
      columns.flatMap(({ name }, index) => (name.startsWith('middle_') ? [`${name} of ${columns[index - 1]!.name}`] : [])),
    );
    expect(middleRows.map(([name, of]) => `${named(name).join()} of ${named(of).join()}`).sort()).toEqual([...new Set(averaged)].sort());
  });

  it('names no table, view, column or file that is not there', () => {
    const { definition } = pipeline;
    const files = definition.feeds.map(({ name }) => `${name}.csv`);
    const there = [definition.name, 'bus', ...files, ...columnLists.keys(), ...[...columnLists.values()].flat()];
    const words = [...prose(page).matchAll(/`([\w.]+)`/g)].map(([, word = '']) => word);
    expect([...new Set(words)].filter((word) => !there.includes(word))).toEqual([]);
  });
});

/** What each example gives for the rows that are written below. */
const answers: Readonly<Record<string, readonly string[][]>> = {
  weeks: [
    ['2023-09-25', '2023-W39', '5.00', '0.00'],
    ['2023-10-02', '2023-W40', '1.00', '2.50'],
    ['2023-10-09', '2023-W41', '0.00', '0.00'],
  ],
  players: Array.from({ length: 31 }, (_, index) => [`2023-10-${String(index + 1).padStart(2, '0')}`, ['0', '1', '3'][index] ?? '0']),
  'game-types': [
    ['Slots', '2', '12'],
    ['Poker', '1', '30'],
  ],
  'no-deposit': [['2', 'Bo', 'DE', '2023-10-03', '2']],
};

describe.each(warehouses)('bus on $name is what docs/reference/bus.md says', ({ url }) => {
  let pipeline: CompiledPipeline;
  let warehouse: Warehouse;

  beforeAll(async () => {
    pipeline = await compileEastrock();
    warehouse = await migratedWarehouse(url, pipeline);
    const user = (id: number, name: string, day: string, country: string) => ({ user_id: id, user_name: name, signup_date: day, country });
    const play = (game: number, id: number, day: string, type: string, duration: number) => ({
      game_id: game,
      user_id: id,
      play_date: day,
      game_type: type,
      duration,
    });
    const payment = (transaction: number, id: number, amount: string, day: string, type: string) => ({
      transaction_id: transaction,
      user_id: id,
      amount,
      transaction_date: day,
      type,
    });
    await writeBatch(warehouse, pipeline, 'users', {
      users: [user(1, 'Ann', '2023-10-02', 'ES'), user(2, 'Bo', '2023-10-03', 'DE'), user(3, 'Cy', '2023-09-30', 'ES')],
    });
    await writeBatch(warehouse, pipeline, 'games', {
      games: [
        play(5, 1, '2023-10-02', 'Poker', 10),
        play(5, 1, '2023-10-03', 'Poker', 20),
        play(6, 2, '2023-10-03', 'Slots', 5),
        play(6, 9, '2023-10-03', 'Slots', 7),
        play(5, 3, '2023-11-01', 'Poker', 1),
      ],
      game_catalog: [
        { game_id: 5, game_type: 'Poker' },
        { game_id: 6, game_type: 'Slots' },
      ],
    });
    await writeBatch(warehouse, pipeline, 'payments', {
      payments: [
        payment(1, 1, '5.00', '2023-10-01', 'Deposit'),
        payment(2, 1, '2.50', '2023-10-02', 'Withdrawal'),
        payment(3, 9, '1.00', '2023-10-08', 'Deposit'),
        payment(4, 2, '-1.00', '2023-10-09', 'Correction'),
      ],
    });
    for (const mart of pipeline.martRefreshes) await refreshMart(warehouse, mart);
  });
  afterAll(() => warehouse?.close());

  it('in the columns of every table and view, in their order', async () => {
    const held = new Map<string, string[]>();
    for (const { name, target } of [...pipeline.catalog.marts, ...pipeline.catalog.views]) {
      if (!target.startsWith('bus.')) continue;
      const [row] = await warehouse.query(`select * from ${target} limit 1`);
      held.set(name, Object.keys(row ?? {}));
    }
    expect(Object.fromEntries(columnLists)).toEqual(Object.fromEntries(held));
  });

  it.each(examples.map(({ name, text }) => [name, text] as const))('in what it answers: %s', async (name, sql) => {
    expect(sql).not.toMatch(/\b(bulk|gear|vault|staging)\./);
    const rows = await warehouse.query(sql);
    expect(rows.map((row) => Object.values(row).map(String))).toEqual(answers[name]);
  });
});
