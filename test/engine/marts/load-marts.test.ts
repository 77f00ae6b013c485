import { describe, expect, it } from '@jest/globals';
import { rangeValues, withChanges } from '../../../src/engine/change-consumer.js';
import { loadMarts } from '../../../src/engine/marts/load-marts.js';
import { martOrder } from '../../../src/engine/marts/mart-order.js';
import { createView, martTables } from '../../../src/engine/marts/mart-tables.js';
import { renderRefreshes } from '../../../src/engine/marts/render-refresh.js';
import { eastrock } from '../../../src/pipelines/eastrock.js';

const players = `-- mart: gear.players
-- Who ever played.
-- key: user_id, game_id
-- refresh by: user_id
-- index: game_id
-- count by: game_id

-- columns
user_id int unsigned
game_id int unsigned
note varchar(10) null

-- affected by games
select c.user_id from changes.games c

-- rows
select g.user_id, g.game_id, 'affected'
from [[affected straight_join]] bulk.games g [[on g.user_id = affected.user_id]]
group by g.user_id, g.game_id
`;
const totals = `-- mart: bus.totals
-- How many.
-- key: game_id
-- after: gear.players

-- columns
game_id int unsigned
users bigint

-- affected by games
select c.game_id from changes.games c

-- rows
select n.game_id, n.n from [[affected straight_join]] gear.players_by_game_id n [[on n.game_id = affected.game_id]]
`;
const file = (path: string, text: string) => ({ path, text });
const good = [file('a/players.sql', players), file('a/totals.sql', totals)];
const load = (...files: { path: string; text: string }[]) => loadMarts(files, eastrock);
const refreshOf = (...files: { path: string; text: string }[]) => renderRefreshes(load(...files), eastrock)[0]!;
const problemsOf = (...files: { path: string; text: string }[]): string => {
  try {
    load(...files);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('loadMarts', () => {
  it('reads a mart with its key, columns, indexes, groups and statements', () => {
    const [mart] = load(...good).marts;
    expect(mart).toMatchObject({
      target: 'gear.players',
      name: 'players',
      description: 'Who ever played.',
      key: ['user_id', 'game_id'],
      refreshBy: ['user_id'],
      indexes: [['game_id']],
      countBy: [{ columns: ['game_id'], sums: [] }],
      reads: ['games'],
      after: [],
      affected: [{ entity: 'games', select: 'select c.user_id from changes.games c' }],
    });
    expect(mart?.columns.at(-1)).toEqual({ name: 'note', type: 'varchar(10) null' });
  });

  it('reads the same mart whether empty lines stand between its header and its sections or not', () => {
    const [mart] = load(...good).marts;
    const dense = players.replaceAll('\n\n', '\n');
    const airy = players.replace('-- Who ever', '\n-- Who ever').replaceAll('\n\n', '\n\n\n');
    for (const text of [dense, airy]) {
      const [other] = load(file('a/players.sql', text), file('a/totals.sql', totals)).marts;
      expect(other).toMatchObject({ description: 'Who ever played.', columns: mart?.columns, key: mart?.key, checksum: mart?.checksum });
    }
  });

  it('puts marts behind those that they read', () => {
    expect(load(...good).marts.map((mart) => mart.target)).toEqual(['gear.players', 'bus.totals']);
  });

  it('names tables for the target, its affected keys and its counts', () => {
    const [mart] = load(...good).marts;
    const tables = martTables(mart!);
    expect(tables.map((table) => [table.name, table.primaryKey, table.work ?? false])).toEqual([
      ['gear.players', ['user_id', 'game_id'], false],
      ['gear.affected_players', ['user_id'], true],
      ['gear.players_by_game_id', ['game_id'], false],
    ]);
  });

  it('joins the affected keys in a refresh and leaves them out of a rebuild', () => {
    const { ofKeys, all } = refreshOf(...good);
    expect(ofKeys.insert.sql).toContain(
      'from gear.`affected_players` as affected straight_join bulk.games g on g.user_id = affected.user_id\n',
    );
    expect(all.insert.sql).toMatch(/from {2}bulk\.games g \ngroup by/);
    expect(all.insert.sql).toContain("'affected'");
    expect(ofKeys.before.at(-1)?.sql).toBe(
      'delete gear.`players` from gear.`affected_players` k straight_join gear.`players` on gear.`players`.`user_id` = k.`user_id`',
    );
  });

  it('looks at the changes of exactly the batches given', () => {
    const [search, ...others] = refreshOf(...good).findKeys;
    expect(others).toEqual([]);
    expect(search?.sql).toContain('from (select * from gear.`changes_games` where batch_number > ? and batch_number <= ?) c');
    expect(search).toMatchObject({ ranges: ['games'], binds: [] });
    const ranges = (after: bigint) => ({ after: new Map([['games', after]]), upTo: new Map([['games', 7n]]) });
    expect(rangeValues(search!, ranges(3n))).toEqual([3n, 7n]);
    expect(withChanges([search!], ranges(3n))).toEqual([search]);
    expect(withChanges([search!], ranges(7n))).toEqual([]);
    const commented = players.replace('select c.user_id', "-- Of changes.games alone, isn't it?\nselect c.user_id /* so */");
    expect(refreshOf(file('a.sql', commented)).findKeys).toMatchObject([
      { sql: expect.stringContaining("-- Of changes.games alone, isn't it?\n"), ranges: ['games'] },
    ]);
  });

  it('asks each entity for the keys that its changes affect, as often as it has sections', () => {
    const twice = players.replace(
      '-- rows',
      '-- affected by users\nselect c.user_id from changes.users c\n\n-- affected by users\nselect c.user_id + 1 as user_id from changes.users c\n\n-- rows',
    );
    expect(load(file('a.sql', twice)).marts[0]?.reads).toEqual(['games', 'users']);
    expect(refreshOf(file('a.sql', twice)).findKeys.map(({ sql, ranges }) => [/select c\.user_id.*/.exec(sql)?.[0], ranges])).toEqual([
      [expect.stringContaining('select c.user_id from (select * from gear.`changes_games`'), ['games']],
      [expect.stringContaining('select c.user_id from (select * from gear.`changes_users`'), ['users']],
      [expect.stringContaining('select c.user_id + 1 as user_id from (select * from gear.`changes_users`'), ['users']],
    ]);
  });

  it('keeps the sums of columns beside the number of rows of a group', () => {
    const summed = players
      .replace('note varchar(10) null', 'games bigint\npaid decimal(30,2)')
      .replace('-- count by: game_id', '-- count by: game_id (games, paid)')
      .replace(", 'affected'", ', count(*), 0');
    const [mart] = load(file('a.sql', summed)).marts;
    expect(mart?.countBy).toEqual([{ columns: ['game_id'], sums: ['games', 'paid'] }]);
    expect(martTables(mart!).at(-1)).toMatchObject({
      name: 'gear.players_by_game_id',
      columns: [
        { name: 'game_id', type: 'int unsigned not null' },
        { name: 'n', type: 'bigint not null' },
        { name: 'games', type: 'bigint not null' },
        { name: 'paid', type: 'decimal(30,2) not null' },
      ],
    });
    expect(refreshOf(file('a.sql', summed)).ofKeys.before[0]?.sql).toContain(
      '-1 * count(*) as moved, -1 * sum(t.`games`) as moved_0, -1 * sum(t.`paid`) as moved_1',
    );
  });

  it.each([
    ['that is text', 'note', 'note may be null'],
    ['that is no column', 'nothing', 'nothing is not a column'],
    ['twice', 'user_id, user_id', '`count by` names something twice'],
    ['of a whole number that is no bigint', 'user_id', 'user_id must be a bigint or a decimal to be added up'],
    ['that is named as the number of rows', 'n', 'a column n would be taken for the number of rows'],
    ['without a name', 'user_id,', '`count by` has an empty name in its list'],
  ])('refuses the sum of a column %s', (_what, names, problem) => {
    expect(problemsOf(file('a.sql', players.replace('-- count by: game_id', `-- count by: game_id (${names})`)))).toContain(problem);
  });

  it('makes a view that analysts read without rights on bulk', () => {
    const { views } = load(file('v.sql', '-- view: bus.names\n-- Names.\nselect u.user_name from bulk.users u\n'));
    expect(createView(views[0]!)).toBe('create or replace sql security definer view bus.`names` as\nselect u.user_name from bulk.users u');
  });

  it('has the same checksum for other comments and spaces, and another one for other rows, also of a mart that it reads', () => {
    const sums = (...texts: string[]) =>
      load(...texts.map((text, index) => file(`${index}.sql`, text))).marts.map((mart) => mart.checksum.toString('hex'));
    const [before, totalBefore] = sums(players, totals);
    expect(sums(players.replace('Who ever', 'Who  ever').replace('\ngroup by', '\n-- each once\n  group by'), totals)).toEqual([
      before,
      totalBefore,
    ]);
    const [after, totalAfter] = sums(players.replace("'affected'", "'x'"), totals);
    expect(after).not.toBe(before);
    expect(totalAfter).not.toBe(totalBefore);
  });

  it('lists every mistake of all files at once, with file and line', () => {
    const broken = players
      .replace('-- index: game_id', '-- index: game_id\n-- order: x')
      .replace('-- affected by games', '-- affected by gamse')
      .replace('note varchar(10) null', 'note text')
      .replace("'affected'", '?');
    const message = problemsOf(
      file('b.sql', broken),
      file('a.sql', 'select 1'),
      file('c.sql', totals.replace('-- key: game_id', '-- key: game')),
    );
    expect(message).toContain('a.sql:1: the first line must be');
    expect(message).toContain('b.sql:6: unknown header `order`');
    expect(message).toContain(
      "b.sql:12: note: a column can't have the type text. A line is `name type` or `name type null`, and the types are",
    );
    expect(message).toContain('b.sql:14: is affected by gamse, and the pipeline has no such entity');
    expect(message).toContain('b.sql:15: `affected by gamse` looks at changes.games: give games a section of its own');
    expect(message).toContain('b.sql:18: a question mark');
    expect(message).toContain('c.sql:3: `key`: game is not a column');
  });

  it('says once that changes are named without the prefix of tables', () => {
    const prefixed = { ...eastrock, tablePrefix: 'er_' };
    const twice = players
      .replaceAll('changes.games', 'changes.er_games')
      .replace('-- rows', '-- affected by games\nselect c.user_id + 1 as user_id from changes.er_games c\n\n-- rows')
      .replace('bulk.games', 'bulk.er_games');
    expect(() => loadMarts([file('p.sql', twice)], prefixed)).toThrow(
      /:\np\.sql:14: changes are named without the tablePrefix: write changes\.games$/,
    );
    expect(loadMarts([file('p.sql', twice.replaceAll('changes.er_', 'changes.'))], prefixed).marts).toHaveLength(1);
  });

  it.each([
    ['a mart that it reads but does not name', totals.replace('-- after: gear.players\n', ''), 'gear.players is not named in `after`'],
    [
      'a mart that it names but does not read',
      totals.replace('players_by_game_id', 'country_ids'),
      'is after gear.players, but never reads it',
    ],
    ['a table that nobody makes', totals.replace('players_by_game_id', 'nobody'), 'gear.nobody is neither'],
    ['rows that can only be computed as a whole', totals.replace(/\[\[|\]\]/g, ''), '`rows` never joins'],
    [
      'an entity that a mart before it reads',
      totals.replace('by games', 'by payments').replace('changes.games', 'changes.payments'),
      'needs a section `affected by games`',
    ],
    ['a section that looks at no change', totals.replace('changes.games', 'bulk.games'), 'never looks at changes.games'],
    [
      'a section that names no entity',
      totals.replace('-- affected by games', '-- affected'),
      '`-- affected` is not a section: write `-- affected by <entity>`',
    ],
    ['a section without a select', totals.replace('select c.game_id from changes.games c\n', ''), '`affected by games` needs a select'],
    [
      'an entity that no section names',
      totals.replace('gear.players_by_game_id n', 'bulk.users u join gear.players_by_game_id n'),
      'no section `affected by users`',
    ],
    ['a name that is taken', totals.replace('bus.totals', 'gear.affected_players'), 'is taken by another file'],
    [
      'rows that read changes',
      totals.replace('select n.game_id, n.n from', 'select n.game_id, n.n from changes.games,'),
      "can't read changes",
    ],
    ['a key that may be null', totals.replace('game_id int unsigned', 'game_id int unsigned null'), 'game_id may be null'],
    ['a part of a key that is none', totals.replace('-- key: game_id', '-- key: game_id\n-- refresh by: users'), 'users is not in the key'],
    [
      'a type that no column has',
      totals.replace('users bigint', 'users integer'),
      "8: users: a column can't have the type integer. A line is",
    ],
    [
      'a type with a comma behind it',
      totals.replace('users bigint', 'users bigint,'),
      "users: a column can't have the type bigint,. A line is",
    ],
    ['what is so without a word', totals.replace('users bigint', 'users bigint not null'), 'users: leave `not null` out'],
    ['a semicolon', totals.replace('changes.games c', 'changes.games c;'), 'no semicolon'],
  ])('refuses %s', (_what, text, problem) => {
    expect(problemsOf(file('a/players.sql', players), file('a/totals.sql', text))).toContain(problem);
  });

  it('refuses marts that read one another', () => {
    const marts = [
      { target: 'bus.a', after: ['bus.b'] },
      { target: 'bus.b', after: ['bus.a'] },
      { target: 'bus.c', after: [] },
    ];
    expect(martOrder(marts)).toEqual({ order: [], cycle: ['bus.a', 'bus.b'] });
  });

  it('puts what others wait for before what nobody waits for', () => {
    const marts = [
      { target: 'bus.alone', after: [] },
      { target: 'bus.last', after: ['bus.middle', 'bus.one'] },
      { target: 'bus.middle', after: ['bus.first'] },
      { target: 'bus.first', after: [] },
      { target: 'bus.one', after: [] },
    ];
    expect(martOrder(marts)).toEqual({ order: ['bus.first', 'bus.middle', 'bus.one', 'bus.last', 'bus.alone'], cycle: [] });
  });
});
