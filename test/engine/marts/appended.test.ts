import { describe, expect, it } from '@jest/globals';
import { appendColumns, appendedKeys, highestOf } from '../../../src/engine/marts/appended.js';
import type { Mart } from '../../../src/engine/marts/mart.js';

function mart(target: string, key: readonly string[], rows = ''): Mart {
  const columns = key.map((name) => ({ name, type: 'int unsigned not null' }));
  return {
    kind: 'mart',
    path: `${target}.sql`,
    target,
    name: target,
    description: '',
    columns,
    key,
    refreshBy: key,
    indexes: [],
    countBy: [],
    after: [],
    reads: [],
    affected: [],
    rows,
    rowsLine: 1,
    checksum: Buffer.alloc(32),
  };
}

const byDay = mart('gear.by_day', ['day', 'game']);
const byGame = mart('gear.by_game', ['game', 'day']);
const columnsOf = (rows: string) =>
  appendColumns(mart('bus.games', ['game'], rows), { marts: [byDay, byGame], datedMarts: [], additiveMarts: [], views: [] });

describe('the columns that ranges are told by', () => {
  it.each([
    [
      'an index of the mart that is read',
      'select d.game from [[affected straight_join]] gear.by_game d [[on d.game = affected.game]]',
      ['game'],
    ],
    ['no index of it', 'select d.game from [[affected straight_join]] gear.by_day d [[on d.game = affected.game]]', []],
    [
      'no index, its name on the line before',
      'select d.game from [[affected straight_join]] gear.by_day\n  as d\n  [[on d.game = affected.game]]',
      [],
    ],
    ['a table of bulk', 'select g.game from [[affected straight_join]] bulk.games g [[on g.game = affected.game]]', ['game']],
    [
      'an alias that stands for two tables, the second without an index',
      `with a as (select d.game from [[affected straight_join]] gear.by_game d [[on d.game = affected.game]])
       select d.game from [[affected straight_join]] gear.by_day d [[on d.game = affected.game]]`,
      [],
    ],
    [
      'an alias that another table has later',
      `with a as (select d.game from [[affected straight_join]] gear.by_game d [[on d.game = affected.game]])
       select d.game from gear.by_day d join a on a.game = d.game`,
      ['game'],
    ],
  ])('with %s', (_what, rows, expected) => {
    expect(columnsOf(rows)).toEqual(expected);
  });
});

describe('ranges of new keys', () => {
  const rows = 'select g.game, g.day from [[affected straight_join]] bulk.games g [[on g.game = affected.game and g.day = affected.day]]';
  const both = {
    ...mart('bus.games', ['game', 'day'], rows),
    name: 'games',
    indexes: [['day']],
    countBy: [{ columns: ['day'], sums: [] }],
  };
  const keys = appendedKeys(both, { marts: [both], datedMarts: [], additiveMarts: [], views: [] }, () => [])!;

  it('do not overlap: keys above the highest of the first column, then of the others those above that of the second', () => {
    expect(keys.columns).toEqual(['game', 'day']);
    const [games, days] = keys.ranges;
    expect(games!.insert).toEqual({ sql: expect.stringContaining('on g.game > ?'), binds: ['game'] });
    expect(days!.insert).toEqual({ sql: expect.stringContaining('on g.game <= ? and g.day > ?'), binds: ['game', 'day'] });
    expect(days!.count).toEqual([{ sql: expect.stringContaining('where t.`game` <= ? and t.`day` > ?'), binds: ['game', 'day'] }]);
  });

  it('are bounded by numbers, also beyond 2^53, where the driver gives text; an empty target has none', () => {
    expect(highestOf(keys, { game: '9007199254740993', day: '2024-01-31' })).toEqual({ game: 9007199254740993n, day: '2024-01-31' });
    expect(highestOf(keys, { game: null, day: null })).toBeUndefined();
    expect(highestOf(keys, undefined)).toBeUndefined();
  });
});
