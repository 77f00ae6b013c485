import { readFileSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refreshMart } from '../../../src/activities/marts/refresh-mart.js';
import { pruneChanges } from '../../../src/gear/prune-changes.js';
import type { CompiledPipeline } from '../../../src/engine/compiled-pipeline.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { writeBatch } from '../../support/bulk-writer.js';
import { compileEastrock, migratedWarehouse, readTable, root } from '../../support/mart-warehouse.js';
import { warehouses } from '../../support/servers/servers.js';

const folder = `${root}sql/eastrock/reports/`;
const names = readdirSync(folder).map((name) => name.replace(/\.sql$/, ''));

/** What Metabase sends: optional parts whose filter has a value, with the value bound; the others are left out. */
function ask(name: string, filters: Readonly<Record<string, string | number>>): { sql: string; values: (string | number)[] } {
  const values: (string | number)[] = [];
  const text = readFileSync(`${folder}${name}.sql`, 'utf8').replace(/^--.*\n/gm, '');
  const sql = text.replace(/\[\[(.*?)\]\]/gs, (_all, part: string) => {
    const filter = /\{\{(\w+)\}\}/.exec(part)?.[1] ?? '';
    const value = filters[filter];
    if (value === undefined) return '';
    values.push(value);
    return part.replace(`{{${filter}}}`, '?');
  });
  return { sql, values };
}

describe.each(warehouses)('reports and pruning on $name', ({ url }) => {
  let pipeline: CompiledPipeline;
  let warehouse: Warehouse;
  const run = (name: string, filters: Record<string, string | number> = {}) => {
    const { sql, values } = ask(name, filters);
    return warehouse.query(sql, values);
  };
  beforeAll(async () => {
    pipeline = await compileEastrock();
    warehouse = await migratedWarehouse(url, pipeline);
    const payment = (id: number, user: number, amount: string, day: string) => ({
      transaction_id: id,
      user_id: user,
      amount,
      transaction_date: day,
      type: 'Deposit',
    });
    await writeBatch(warehouse, pipeline, 'users', {
      users: [
        { user_id: 1, user_name: 'Ann_A', signup_date: '2023-05-01', country: 'ES' },
        { user_id: 2, user_name: 'Joann', signup_date: '2023-05-02', country: 'ES' },
        { user_id: 3, user_name: 'Zoë 100%', signup_date: '2023-05-02', country: 'DE' },
      ],
    });
    await writeBatch(warehouse, pipeline, 'payments', {
      payments: [
        payment(1, 1, '5.00', '2023-05-07'),
        payment(2, 2, '7.00', '2023-05-08'),
        payment(3, 3, '7.00', '2023-05-14'),
        payment(4, 9, '1.00', '2023-05-15'),
      ],
    });
    for (const mart of pipeline.martRefreshes) await refreshMart(warehouse, mart);
  });
  afterAll(() => warehouse?.close());

  it('run with and without every filter, and read bus alone', async () => {
    expect(names).toHaveLength(7);
    for (const name of names) {
      const text = readFileSync(`${folder}${name}.sql`, 'utf8');
      expect(text).not.toMatch(/\b(bulk|gear|vault|staging)\./);
      expect((await run(name)).length).toBeGreaterThan(0);
      const filters = [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, filter = '']) => filter);
      await run(name, Object.fromEntries(filters.map((filter) => [filter, filter.includes('date') ? '2023-05-08' : '1'])));
    }
  });

  it('find users by a part of their name in any case, wildcards being text, in order of deposit, then id', async () => {
    const ids = async (filters: Record<string, string | number>) => (await run('total_users', filters)).map((row) => row['user_id']);
    expect(await ids({})).toEqual([2, 3, 1, 9]);
    expect(await ids({ name: 'ANN' })).toEqual([2, 1]);
    expect(await ids({ name: 'n_' })).toEqual([1]);
    expect(await ids({ name: 'ZOË 100%' })).toEqual([3]);
    expect(await ids({ first_date_from: '2023-05-08', last_date_to: '2023-05-14' })).toEqual([2, 3]);
    expect(await ids({ user_id: 1 })).toEqual([1]);
  });

  it('add up payments by weekday, Monday first', async () => {
    const rows = await run('payments_by_weekday', { date_from: '2023-05-07', date_to: '2023-05-14' });
    expect(rows.map((row) => [row['day_name'], Number(row['transactions']), row['deposit']])).toEqual([
      ['Monday', 1, '7.00'],
      ['Sunday', 2, '12.00'],
    ]);
  });

  it('the calendar says what a calendar says', async () => {
    const rows = await readTable(warehouse, 'bus.calendar_dates');
    expect(rows).toHaveLength(6211);
    expect(rows[0]).toMatchObject({
      date: '2019-12-31',
      date8: '20191231',
      day_of_week: '2',
      day_of_week_char: '3rd',
      week: '1',
      year_week: '2020-W01',
      year_quarter: '2019 4',
    });
    for (const row of rows) {
      const day = new Date(`${String(row['date'])}T00:00:00Z`);
      const [year, month] = [day.getUTCFullYear(), day.getUTCMonth()];
      const iso = (time: number) => new Date(time).toISOString().slice(0, 10);
      const shift = (days: number) => iso(day.getTime() + days * 86_400_000);
      const thursday = new Date(day.getTime() + (3 - ((day.getUTCDay() + 6) % 7)) * 86_400_000);
      const week = Math.floor((thursday.getTime() - Date.UTC(thursday.getUTCFullYear(), 0, 1)) / (7 * 86_400_000)) + 1;
      const quarter = Math.floor(month / 3);
      const monthEnd = iso(Date.UTC(year, month + 1, 0));
      const name = (options: Intl.DateTimeFormatOptions) => day.toLocaleDateString('en-US', { ...options, timeZone: 'UTC' });
      expect(row).toEqual({
        date: shift(0),
        date8: shift(0).replaceAll('-', ''),
        day_of_week: String(day.getUTCDay()),
        day_of_week_char: ['1st', '2nd', '3rd', '4th', '5th', '6th', '7th'][day.getUTCDay()],
        day_name: name({ weekday: 'long' }),
        is_weekend: [0, 6].includes(day.getUTCDay()) ? '1' : '0',
        day_of_month: String(day.getUTCDate()),
        day_of_year: String((day.getTime() - Date.UTC(year, 0, 1)) / 86_400_000 + 1),
        week: String(week),
        year_week: `${thursday.getUTCFullYear()}-W${String(week).padStart(2, '0')}`,
        month: String(month + 1),
        month_name: name({ month: 'long' }),
        quarter: String(quarter + 1),
        year_quarter: `${year} ${quarter + 1}`,
        year: String(year),
        week_begin: shift(-((day.getUTCDay() + 6) % 7)),
        week_end: shift(6 - ((day.getUTCDay() + 6) % 7)),
        month_begin: iso(Date.UTC(year, month, 1)),
        month_end: monthEnd,
        quarter_begin: iso(Date.UTC(year, quarter * 3, 1)),
        quarter_end: iso(Date.UTC(year, quarter * 3 + 3, 0)),
        year_begin: `${year}-01-01`,
        year_end: `${year}-12-31`,
        next_date: shift(1),
        prev_date: shift(-1),
        is_last_day_of_month: shift(0) === monthEnd ? '1' : '0',
      });
    }
  });

  it('prunes the changes that every reader holds, and none while a reader never ran', async () => {
    const vault = { target: 'vault.hub_user', feeds: ['users'] };
    expect(await pruneChanges(warehouse, pipeline.definition, [...pipeline.martRefreshes, vault])).toEqual({ rows: 4 });
    expect(await readTable(warehouse, 'gear.changes_users')).toHaveLength(3);
    await writeBatch(warehouse, pipeline, 'payments', {
      payments: [{ transaction_id: 1, user_id: 1, amount: '6.00', transaction_date: '2023-05-07', type: 'Deposit' }],
    });
    expect(await pruneChanges(warehouse, pipeline.definition, pipeline.martRefreshes)).toEqual({ rows: 3 });
    expect(await readTable(warehouse, 'gear.changes_payments')).toHaveLength(1);
  });
});
