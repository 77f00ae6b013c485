import { describe, expect, it } from '@jest/globals';
import { validatePipelines } from '../../../src/engine/definition/validate.js';

const column = (name: string, more: object = {}) => ({ name, type: { kind: 'text', maxLength: 9 }, reason: 'bad', ...more });
const more = { name: 'more', type: { kind: 'json' }, nullable: true, reason: 'bad' };
const keeping = { kind: 'csv', extraColumns: { keep: 'more' } };

interface Changes {
  readonly feed?: object;
  readonly pipeline?: object;
  readonly entity?: object;
}

function shop({ feed, pipeline, entity }: Changes) {
  return {
    name: 'shop',
    sourceSetting: 'SHOP_SOURCE_URL',
    schedules: { pickup: '0 0 1 1 *', process: '0 0 1 1 *', aggregate: '0 0 1 1 *' },
    feeds: [{ name: 'items', match: '^items', format: keeping, reasons: ['bad'], columns: [column('item_id'), more], ...feed }],
    entities: [{ name: 'items', key: ['item_id'], values: ['more'], from: [{ feed: 'items' }], ...entity }],
    surrogates: [],
    vault: { hubs: [], links: [], satellites: [] },
    sqlFolder: 'sql',
    ...pipeline,
  };
}

function mistakesOf(changes: Changes): string[] {
  try {
    validatePipelines([shop(changes)]);
    return [];
  } catch (error) {
    return (error as Error).message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
}

describe('a column for the columns that a feed does not have', () => {
  it('has no header, and its name may stand in files', () => {
    expect(mistakesOf({})).toEqual([]);
    expect(mistakesOf({ feed: { columns: [column('item_id', { header: 'more' }), more] } })).toEqual([]);
  });

  const place = 'shop: feeds[0].format.extraColumns.keep: ';
  const cases: [string, Changes, string[]][] = [
    [
      'another mode',
      { feed: { format: { extraColumns: 'keep' } } },
      ["shop: feeds[0].format.extraColumns: must be 'refuse', 'ignore' or { keep: '<column>' }"],
    ],
    [
      'no such column',
      { feed: { columns: [column('item_id')] }, entity: { values: [] } },
      [`${place}the feed has no column more. Add it: a nullable column of type json`],
    ],
    [
      'a column that files have',
      { feed: { columns: [column('item_id'), column('more', { header: 'More', optional: true })] } },
      [
        'shop: feeds[0].columns[1].type.kind: must be json, because more keeps other columns',
        'shop: feeds[0].columns[1].nullable: must be true, because more is NULL where a file has no other columns',
        'shop: feeds[0].columns[1].header: is not possible for more, which no file has: it keeps other columns. Leave it out',
        'shop: feeds[0].columns[1].optional: is not possible for more, which no file has: it keeps other columns. Leave it out',
      ],
    ],
    [
      'files without names of columns',
      { feed: { format: { ...keeping, header: 'position' } } },
      [`${place}needs a header with names in the files (format.header 'names'). Use 'ignore' for columns without names`],
    ],
    [
      'the members around the rows of a document',
      { feed: { format: { kind: 'json', entries: 'rates', extraColumns: { keep: 'more' } } } },
      [`${place}is not possible beside entries, where members around the rows are columns of each. Use 'ignore'`],
    ],
    [
      'a feed of a lake',
      { feed: { match: '^items/.*', manifest: '_runs/' }, pipeline: { release: 'keep' } },
      [`${place}has no effect beside manifest, for an extract writes known columns. Use 'ignore', and extract what you need`],
    ],
    [
      'rows that are appended',
      { entity: { key: undefined, append: true, values: ['item_id'] } },
      ["shop: feeds[0].format.extraColumns: can't keep columns, because rows of items are appended. Use 'ignore'"],
    ],
    [
      'no column but this one',
      { feed: { columns: [more] }, entity: { key: undefined, replaces: 'partition', values: ['more'] } },
      ['shop: feeds[0].columns: must hold at least one column that the file has'],
    ],
    [
      'a use as if files had it',
      {
        feed: {
          columns: [
            column('item_id'),
            more,
            column('flag', { type: { kind: 'boolean' } }),
            column('device', { derive: { by: 'ua.device', from: 'more' } }),
          ],
          rules: [{ column: 'flag', equals: { filled: 'more' }, reason: 'bad' }],
          delivery: { kind: 'tombstones', column: 'more', values: ['1'] },
        },
      },
      ['feeds[0].rules[0].equals.filled', 'feeds[0].columns[3].derive.from', 'feeds[0].delivery.column'].map(
        (path) => `shop: ${path}: more keeps the columns that the feed does not have. Name a column of the file`,
      ),
    ],
  ];

  it.each(cases)('refuses %s', (_what, changes, expected) => {
    expect(mistakesOf(changes)).toEqual(expect.arrayContaining(expected));
  });
});
