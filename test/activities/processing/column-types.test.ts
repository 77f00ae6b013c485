import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { definePipeline, type ColumnType } from '../../../src/index.js';
import { traitsOf } from '../../../src/engine/types/column-traits.js';
import { warehouses } from '../../support/servers/servers.js';
import { VaultWarehouse } from '../../support/vault-warehouse.js';

const types = {
  small: { kind: 'integer', min: '-100', max: '100' },
  big: { kind: 'integer', min: '-9223372036854775808', max: '9223372036854775807' },
  price: { kind: 'decimal', precision: 65, scale: 30 },
  or_none: { kind: 'integer', min: '1', max: '9223372036854775807', also: ['-1'] },
  is_open: { kind: 'boolean' },
  is_lead: { kind: 'boolean', true: ['Ja', '1'], false: ['Nein', '0'] },
  opens: { kind: 'time', precision: 3 },
  seen: { kind: 'timestamp', zone: 'given', precision: 6 },
  local_seen: { kind: 'timestamp', zone: '+05:30', precision: 0 },
  utc_seen: { kind: 'timestamp', zone: 'utc', precision: 3 },
  any_seen: { kind: 'timestamp', zone: 'given-or-utc', precision: 6, form: 'strict', extraDigits: 'cut' },
  second_seen: { kind: 'timestamp', zone: 'given', precision: 0, extraDigits: 'cut' },
  day: { kind: 'date', format: 'd/m/yyyy' },
  german_day: { kind: 'date', format: 'd.m.yyyy' },
  dashed_day: { kind: 'date', format: 'd-m-yyyy' },
  us_day: { kind: 'date', format: 'm/d/yyyy' },
  slashed_day: { kind: 'date', format: 'yyyy/mm/dd' },
  short_day: { kind: 'date', format: 'yyyymmdd' },
  german_price: { kind: 'decimal', precision: 65, scale: 30, point: ',', thousands: '.' },
  swiss_price: { kind: 'decimal', precision: 12, scale: 2, thousands: "'" },
  french_price: { kind: 'decimal', precision: 12, scale: 2, point: ',', thousands: ' ' },
  comma_price: { kind: 'decimal', precision: 12, scale: 2, point: ',' },
  country: { kind: 'code', length: 2 },
  currency: { kind: 'code', length: 3, list: 'iso-4217' },
  state: { kind: 'choice', values: ['Open', 'Closed'] },
  label: { kind: 'text', maxLength: 20 },
  story: { kind: 'text', maxLength: 100_000 },
  details: { kind: 'json' },
} as const satisfies Record<string, ColumnType>;
type Name = keyof typeof types;
const names = Object.keys(types) as Name[];

const definition = definePipeline({
  name: 'shop',
  sourceSetting: 'SHOP_SOURCE_URL',
  schedules: { pickup: '*/5 * * * *', process: '*/5 * * * *', aggregate: '*/5 * * * *' },
  feeds: [
    {
      name: 'things',
      match: '^things',
      reasons: ['bad'],
      columns: [
        { name: 'thing_id', header: 'id', type: { kind: 'integer', min: '-5', max: '5' }, reason: 'bad' },
        ...names.map((name) => ({ name, header: name, type: types[name], nullable: true, reason: 'bad' })),
      ],
    },
  ],
  entities: [{ name: 'things', key: ['thing_id'], values: names, indexes: [['seen', 'country']], from: [{ feed: 'things' }] }],
  surrogates: [],
  vault: {
    hubs: [{ name: 'thing', key: 'thing_id', from: [{ entity: 'things', column: 'thing_id' }] }],
    links: [],
    satellites: [{ name: 'thing', entity: 'things', parent: { hub: 'thing', column: 'thing_id' }, columns: names }],
  },
  sqlFolder: 'sql',
});

const isGood = (type: ColumnType, value: string) => traitsOf(type).makeCheck()(Buffer.from(value), 0, Buffer.byteLength(value));

/** What a file says and what is stored. */
const pairs: readonly (readonly [Name, string, string])[] = [
  ['small', '-100', '-100'],
  ['small', '-0', '0'],
  ['small', `-${'0'.repeat(90)}7`, '-7'],
  ['big', '-9223372036854775808', '-9223372036854775808'],
  ['big', '9223372036854775807', '9223372036854775807'],
  ['price', `-${'9'.repeat(35)}.${'1'.repeat(30)}`, `-${'9'.repeat(35)}.${'1'.repeat(30)}`],
  ['is_open', 'YES', '1'],
  ['is_open', 'f', '0'],
  ['or_none', '-1', '-1'],
  ['or_none', '000009223372036854775807', '9223372036854775807'],
  ['is_lead', 'JA', '1'],
  ['is_lead', 'nein', '0'],
  ['opens', '09:05', '09:05:00.000'],
  ['opens', '23:59:59.999', '23:59:59.999'],
  ['seen', '1955-11-05T06:15:00.000001+01:30', '1955-11-05 04:45:00.000001'],
  ['seen', '2024-02-29 23:30-0200', '2024-03-01 01:30:00.000000'],
  ['seen', '2045-01-01T00:00:00Z', '2045-01-01 00:00:00.000000'],
  ['seen', '2024-01-01T01:00:00+02', '2023-12-31 23:00:00.000000'],
  ['any_seen', '2020-06-22 08:15:00', '2020-06-22 08:15:00.000000'],
  ['any_seen', '2020-06-22T08:15:00.9999999Z', '2020-06-22 08:15:00.999999'],
  ['any_seen', '2020-06-22T08:15:00.12345678901234567890+02:00', '2020-06-22 06:15:00.123456'],
  ['any_seen', '9999-12-31T23:59:59.9999999', '9999-12-31 23:59:59.999999'],
  ['any_seen', '1000-01-01T14:00:00+14:00', '1000-01-01 00:00:00.000000'],
  ['second_seen', '2020-06-22T08:15:00.9-01:00', '2020-06-22 09:15:00'],
  ['local_seen', '2024-01-01T01:00:00', '2023-12-31 19:30:00'],
  ['utc_seen', '9999-12-31 23:59:59.999', '9999-12-31 23:59:59.999'],
  ['day', '29/2/2024', '2024-02-29'],
  ['german_day', '1.12.1000', '1000-12-01'],
  ['dashed_day', '09-8-9999', '9999-08-09'],
  ['us_day', '2/29/2024', '2024-02-29'],
  ['slashed_day', '2024/02/29', '2024-02-29'],
  ['short_day', '20240229', '2024-02-29'],
  ['german_price', '-1.234.567,890', '-1234567.890000000000000000000000000000'],
  ['german_price', `-${'0'.repeat(90)}7,5`, '-7.500000000000000000000000000000'],
  ['german_price', `00${'.000'.repeat(40)}.012,25`, '12.250000000000000000000000000000'],
  ['german_price', '1234,5', '1234.500000000000000000000000000000'],
  ['swiss_price', "1'234'567.05", '1234567.05'],
  ['swiss_price', '-1\u2019000\u2019567.05', '-1000567.05'],
  ['french_price', '1 234\u00a0567,8', '1234567.80'],
  ['french_price', '-00\u202f012,25', '-12.25'],
  ['comma_price', '-0,5', '-0.50'],
  ['country', 'ÄŻ', 'ÄŻ'],
  ['currency', 'eUr', 'EUR'],
  ['state', 'CLOSED', 'Closed'],
  ['label', 'a, "b"', 'a, "b"'],
  ['story', `${'ü'.repeat(60_000)} \\N`, `${'ü'.repeat(60_000)} \\N`],
  ['details', '{"b": [1, null],  "a": "ü"}', '{"b": [1, null],  "a": "ü"}'],
];

const refused: readonly (readonly [Name, readonly string[]])[] = [
  ['small', ['-101', '101', '-', '--1', '+1', '1.0']],
  ['big', ['-9223372036854775809', '9223372036854775808']],
  ['is_open', ['2', 'ja', 'tru']],
  ['opens', ['24:00', '9:05', '12:60', '12:00:60', '12:00:00.', '12:00:00.1234', '12:00:00Z']],
  [
    'seen',
    ['2024-01-01 00:00:00', '2024-02-30T00:00:00Z', '2024-01-01T00:00:00+15:00', '2024-01-01T00:00:00+01:60', '9999-12-31T23:00:00-02:00'],
  ],
  ['local_seen', ['2024-01-01T01:00:00Z', '2024-01-01', '2024-1-01T00:00', '1000-01-01T00:00:00']],
  ['german_day', ['1/12/2024', '30.2.2024', '1.12.24', '1.12.2024 ', '.1.2024']],
  ['us_day', ['29/2/2024', '13/1/2024', '1-2-2024']],
  ['slashed_day', ['2024/2/9', '2024-02-09', '2024/02/30', '0999/01/01']],
  ['short_day', ['2024022', '202402300', '20240230', '2024-0229']],
  ['german_price', ['1.23', '1.2345', '.123', '1234.567', '1.234.56', '1,2.3', '1.234,', ',5', '1..234', '+1', '1,2,3']],
  ['swiss_price', ["1'23.4", "1'234'56", '1,5', "'123", "1'234.567"]],
  ['comma_price', ['0.5', '1.234', '1,234', '']],
  ['country', ['D', 'DEU']],
  ['details', ['{', "{'a': 1}", '[1,]', '"\\ud800"', '1e999', `${'['.repeat(32)}${']'.repeat(32)}`]],
];

describe.each(warehouses)('column types on $name', ({ url }) => {
  let vault: VaultWarehouse;
  beforeAll(async () => {
    vault = await VaultWarehouse.make(url, definition);
  });
  beforeEach(() => vault.clear());
  afterAll(() => vault.close());

  const row = (id: number, values: Partial<Record<Name, string>>) => [String(id), ...names.map((name) => values[name] ?? '')];
  const load = async (rows: readonly (readonly string[])[]) => {
    await vault.stage({ feed: 'things', rows });
    await vault.process('things');
    await vault.loadVault();
  };
  const stored = async (id: number) =>
    Object.fromEntries(
      Object.entries((await vault.warehouse.query(`select ${names.join(', ')} from bulk.things where thing_id = ?`, [id]))[0] ?? {}).map(
        ([name, value]) => [name, value === null ? null : String(value)],
      ),
    );

  it.each(pairs)('stores %s %j as %j, padded or not', async (name, delivered, expected) => {
    expect(isGood(types[name], delivered)).toBe(true);
    await load([row(1, { [name]: delivered })]);
    expect((await stored(1))[name]).toBe(expected);
    await vault.stage({ feed: 'things', rows: [row(2, { [name]: ` \t${delivered}\n` })] });
    await vault.warehouse.execute('update staging.things set padded = true where thing_id = ?', ['2']);
    await vault.process('things');
    expect((await stored(2))[name]).toBe(expected);
  });

  it.each(refused)('refuses %s that are not good', (name, values) => {
    expect(values.filter((value) => isGood(types[name], value))).toEqual([]);
  });

  it('takes what is empty as NULL, and a value that comes or goes as a change', async () => {
    const full = Object.fromEntries(pairs.map(([name, delivered]) => [name, delivered]));
    await load([row(-5, {})]);
    expect(Object.values(await stored(-5))).toEqual(names.map(() => null));
    await load([row(-5, full)]);
    expect(Object.values(await stored(-5)).includes(null)).toBe(false);
    await load([row(-5, {})]);
    await load([row(-5, {})]);
    const changes = await vault.warehouse.query<{ kind: string; gone: number; came: number }>(
      `select change_kind as kind, old_label is not null and new_label is null as gone, old_label is null and new_label is not null as came
       from gear.changes_things order by batch_number`,
    );
    expect(changes.map(({ kind, gone, came }) => [kind, Number(gone), Number(came)])).toEqual([
      ['inserted', 0, 0],
      ['updated', 0, 1],
      ['updated', 1, 0],
    ]);
    const versions = await vault.warehouse.query<{ versions: number; hashes: number; nulls: number }>(
      `select count(*) as versions, count(distinct hashdiff) as hashes, sum(details is null and seen is null and small is null) as nulls
       from vault.sat_thing`,
    );
    expect(versions.map((each) => Object.values(each).map(Number))).toEqual([[3, 2, 2]]);
  });

  it('takes NULL of staging as NULL, padded or not', async () => {
    await vault.stage({ feed: 'things', rows: [row(1, {}), row(2, {})] });
    await vault.warehouse.execute(
      `update staging.things set ${names.map((name) => `${name} = null`).join(', ')}, padded = (thing_id = '2')`,
    );
    await vault.process('things');
    for (const id of [1, 2]) expect(Object.values(await stored(id))).toEqual(names.map(() => null));
  });

  it('agrees with JavaScript about timestamps of all offsets', async () => {
    const date = fc.date({ min: new Date('1001-01-02T00:00:00Z'), max: new Date('9998-12-30T00:00:00Z'), noInvalidDate: true });
    const offset = fc.integer({ min: -14 * 60, max: 14 * 60 });
    const samples = fc.sample(fc.tuple(date, offset), 40);
    const pad = (value: number) => String(value).padStart(2, '0');
    const written = samples.map(([at, minutes]) => {
      const local = new Date(at.getTime() + minutes * 60_000).toISOString().slice(0, -1);
      const size = Math.abs(minutes);
      return `${local}${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
    });
    expect(written.filter((value) => !isGood(types.seen, value))).toEqual([]);
    for (const [index, value] of written.entries()) {
      await vault.warehouse.execute('delete from bulk.things');
      await vault.stage({ feed: 'things', rows: [row(0, { seen: value })] });
      await vault.process('things');
      expect((await stored(0)).seen).toBe(samples[index]![0].toISOString().replace('T', ' ').replace('Z', '000'));
    }
  });

  it('passes no JSON that the server does not read', async () => {
    const texts = fc.sample(fc.json({ maxDepth: 6 }), 300).filter((text) => isGood(types.details, text));
    expect(texts.length).toBeGreaterThan(200);
    const deep = `${'['.repeat(31)}${']'.repeat(31)}`;
    expect(isGood(types.details, deep)).toBe(true);
    for (const text of [...texts, deep, '1e308', '"\\ud83d\\ude00"']) {
      const [valid] = await vault.warehouse.query<{ ok: number }>('select json_valid(?) as ok', [text]);
      expect([text, Number(valid?.ok)]).toEqual([text, 1]);
    }
  });
});
