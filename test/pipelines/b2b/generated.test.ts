import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeB2bFiles } from '../../../tools/samples/b2b/files.js';
import { type Delivery, readDeliveries } from './expected/files.js';
import { reportsOf } from './expected/reports.js';
import { datesOf, stateAsOf } from './expected/state.js';

const folder = mkdtempSync(join(tmpdir(), 'strata-b2b-'));
const at = (name: string) => join(folder, name);
let keys: readonly string[];
let deliveries: readonly Delivery[];

beforeAll(async () => {
  keys = await writeB2bFiles(at('usual'), { rows: 300, days: 4 });
  deliveries = readDeliveries(at('usual'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** How many rows a file has for each reason. */
const refused = (key: string) => {
  const { refused: reasons } = deliveries.find((each) => each.key === key)!;
  return Object.fromEntries([...new Set(reasons)].sort().map((reason) => [reason, reasons.filter((each) => each === reason).length]));
};

describe('the generator of files of b2b', () => {
  it('writes the initial load and the files of each day, of which some lack and some are empty', () => {
    expect(deliveries.map(({ key }) => key).sort()).toEqual([...keys].sort());
    expect(keys.filter((key) => key.startsWith('data/raw/2020-06-23/'))).toHaveLength(3);
    expect(keys).toContain('data/raw/2020-06-22/companies.csv');
    expect(readFileSync(at('usual/data/raw/2020-06-25/leadcsv.csv'))).toHaveLength(0);
    expect(datesOf(deliveries)).toEqual(['2020-06-22', '2020-06-23', '2020-06-24', '2020-06-25']);
  });

  it('puts rows among the good ones that break the contract in every way', () => {
    expect(refused('data/init/companies.csv')).toEqual({ bad_key: 2, missing_key: 1, wrong_column_count: 1 });
    expect(refused('data/init/customers.csv')).toEqual({ bad_code: 1, bad_date: 2, too_long: 1 });
    expect(refused('data/init/products.csv')).toEqual({ bad_code: 1, bad_number: 3 });
    expect(refused('data/init/orders.csv')).toEqual({ bad_date: 1, bad_flag: 1, bad_number: 1 });
    expect(refused('data/raw/2020-06-22/leadcsv.csv')).toEqual({ 'bad_number,bad_date': 1, bad_flag: 3, bad_key: 1 });
    expect(refused('data/raw/2020-06-22/companycsv.csv')).toEqual({ bad_date: 1, bad_key: 1, bad_number: 2, missing_key: 1 });
    expect(refused('data/raw/2020-06-22/companies.csv')).toEqual({ bad_quote: 1, wrong_column_count: 1 });
    expect(refused('data/raw/2020-06-22/weblogs.log')).toEqual({ bad_date: 2, bad_line: 5, bad_number: 1 });
  });

  it('has orders that come again, users of several countries and all kinds of devices', () => {
    const [first, last] = [stateAsOf(deliveries, '2020-06-22'), stateAsOf(deliveries, '2020-06-25')];
    const former = new Map(first.orders.map((order) => [order.order_id, order.created_date]));
    expect(
      last.orders.some(({ order_id, created_date }) => former.has(order_id ?? '') && former.get(order_id ?? '') !== created_date),
    ).toBe(true);
    expect(new Set(first.visits.map(({ country }) => country)).size).toBeGreaterThan(5);
    expect(new Set(first.visits.map(({ device }) => device)).size).toBe(9);
    for (const report of Object.values(reportsOf(first))) expect(report.split('\n').length).toBeGreaterThan(4);
  });

  it('writes the same files of a day whatever the other days are, and others for another seed', async () => {
    const day = (name: string) =>
      keys.filter((key) => key.includes('2020-06-24')).map((key) => readFileSync(at(`${name}/${key}`)).toString('latin1'));
    await writeB2bFiles(at('alone'), { rows: 300, days: 1, from: '2020-06-24' });
    await writeB2bFiles(at('other'), { rows: 300, days: 1, from: '2020-06-24', seed: 2 });
    expect(day('alone')).toEqual(day('usual'));
    expect(day('other')).not.toEqual(day('usual'));
  });
});
