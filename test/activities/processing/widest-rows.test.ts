import { describe, expect, it } from '@jest/globals';
import { definePipeline, type ColumnType } from '../../../src/index.js';
import { maxFeedColumns } from '../../../src/engine/definition/checks/check-page.js';
import { validatePipelines } from '../../../src/engine/definition/validate.js';
import { warehouses } from '../../support/servers/servers.js';
import { VaultWarehouse } from '../../support/vault-warehouse.js';

const key: ColumnType = { kind: 'integer', min: '1', max: '9' };
const column = (name: string, type: ColumnType) => ({ name, header: name, type, reason: 'bad' });

/** A pipeline whose entity has these values, and perhaps columns that nobody keeps. */
function definitionOf(values: readonly ColumnType[], others = 0) {
  const names = values.map((_, index) => `value_${index}`);
  return definePipeline({
    name: 'shop',
    sourceSetting: 'SHOP_SOURCE_URL',
    schedules: { pickup: '0 0 1 1 *', process: '0 0 1 1 *', aggregate: '0 0 1 1 *' },
    feeds: [
      {
        name: 'things',
        match: '^things',
        reasons: ['bad'],
        columns: [
          column('thing_id', key),
          ...names.map((name, index) => column(name, values[index]!)),
          ...Array.from({ length: others }, (_, index) => column(`other_${index}`, { kind: 'text', maxLength: 1 << 20 })),
        ],
      },
    ],
    entities: [{ name: 'things', key: ['thing_id'], values: names, from: [{ feed: 'things' }] }],
    surrogates: [],
    vault: {
      hubs: [{ name: 'thing', key: 'thing_id', from: [{ entity: 'things', column: 'thing_id' }] }],
      links: [],
      satellites: [{ name: 'thing', entity: 'things', parent: { hub: 'thing', column: 'thing_id' }, columns: names }],
    },
    sqlFolder: 'sql',
  });
}

/** As many values of one type as definitions may have. */
function most(type: ColumnType): readonly ColumnType[] {
  const of = (count: number) => Array.from({ length: count }, () => type);
  const isGood = (count: number) => {
    try {
      return validatePipelines([definitionOf(of(count))]).length === 1;
    } catch {
      return false;
    }
  };
  return of([...Array(200).keys()].slice(1).filter(isGood).at(-1)!);
}

describe.each(warehouses)('the widest rows that definitions allow on $name', ({ url }) => {
  it.each<[string, ColumnType, (row: number) => string]>([
    ['short texts', { kind: 'text', maxLength: 63 }, (row) => (row === 1 ? '😀' : '🙂').repeat(63)],
    ['texts', { kind: 'text', maxLength: 64 }, (row) => (row === 1 ? '😀' : '🙂').repeat(64)],
    ['codes', { kind: 'code', length: 20 }, (row) => (row === 1 ? '😀' : '🙂').repeat(20)],
    ['long texts', { kind: 'text', maxLength: 2_000 }, (row) => (row === 1 ? 'a' : 'b').repeat(2_000)],
    ['large numbers', { kind: 'decimal', precision: 65, scale: 30 }, (row) => `-${String(row).repeat(35)}.${'1'.repeat(30)}`],
  ])('hold %s, full ones and updates of them', async (_what, type, valueOf) => {
    const values = most(type);
    const chain = await VaultWarehouse.make(url, definitionOf(values));
    try {
      for (const row of [1, 2]) {
        await chain.stage({ feed: 'things', rows: [['7', ...values.map(() => valueOf(row))]] });
        expect(await chain.process('things')).toMatchObject({ loads: 1 });
      }
      await chain.loadVault();
      expect(await chain.warehouse.query('select count(*) as n from gear.changes_things')).toEqual([{ n: 2 }]);
      expect(await chain.warehouse.query('select count(*) as n from vault.sat_thing')).toEqual([{ n: 2 }]);
    } finally {
      await chain.close();
    }
  });

  it('stage as many columns as a feed may have', async () => {
    const chain = await VaultWarehouse.make(url, definitionOf([], maxFeedColumns - 1));
    try {
      await chain.stage({ feed: 'things', rows: [['7', ...Array.from({ length: maxFeedColumns - 1 }, () => '😀'.repeat(100))]] });
      expect(await chain.process('things')).toMatchObject({ loads: 1 });
    } finally {
      await chain.close();
    }
  });
});
