import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compilePipeline } from '../../../src/engine/compiled-pipeline.js';
import type { PipelineDefinition } from '../../../src/engine/definition/types.js';
import { validatePipelines } from '../../../src/engine/definition/validate.js';
import type { FormatDefinition } from '../../../src/engine/read/format.js';
import { FolderChain } from '../../support/folder-chain.js';
import { warehouses } from '../../support/servers/servers.js';

const feed = (name: string, format: FormatDefinition) =>
  ({
    name,
    match: `^${name}\\.csv$`,
    format,
    reasons: ['bad_key', 'too_long', 'bad_day'],
    columns: [
      { name: 'id', header: 'id', type: { kind: 'integer', min: '1', max: '99' }, reason: 'bad_key' },
      { name: 'plain', header: 'plain', type: { kind: 'text', maxLength: 3 }, reason: 'too_long' },
      { name: 'whole', header: 'whole', type: { kind: 'text', maxLength: 3, trim: 'none' }, reason: 'too_long' },
      { name: 'ended', header: 'ended', type: { kind: 'text', maxLength: 3, trim: 'end' }, reason: 'too_long' },
      {
        name: 'day',
        header: 'day',
        type: { kind: 'date', format: 'yyyy-mm-dd', form: 'strict' },
        nullable: true,
        reason: 'bad_day',
      },
    ],
  }) as const;

const definition: PipelineDefinition = {
  name: 'exact',
  sourceSetting: 'EXACT_SOURCE_URL',
  schedules: { pickup: '0 1 * * *', process: '0 1 * * *', aggregate: '0 1 * * *' },
  // The second one is read field by field.
  feeds: [feed('bytes', {}), feed('fields', { nulls: ['NULL'] })],
  entities: ['bytes', 'fields'].map((name) => ({ name, key: ['id'], values: ['plain', 'whole', 'ended', 'day'], from: [{ feed: name }] })),
  surrogates: [],
  vault: { hubs: [], links: [], satellites: [] },
  sqlFolder: 'sql',
};

const rows = [
  ['1', ' a ', ' a ', ' a ', '2026-01-31'],
  ['2', 'abc ', 'ab ', 'abc  ', ''],
  ['3', '', '   ', '   ', ''],
  ['4', 'a', 'abc ', 'a', ''],
  ['5', 'a', 'a', ' abc', ''],
  ['6', 'a', 'a', 'a', ' 2026-01-31'],
  ['7', 'a', 'a', 'a', '2026-01-31 '],
];

describe.each(warehouses)('values with white space around them on $name', ({ url }) => {
  let chain: FolderChain;
  beforeAll(async () => {
    chain = await FolderChain.open(url, { pipeline: compilePipeline(definition, []) });
  });
  afterAll(() => chain.close());

  it.each(['bytes', 'fields'])('are cut as their types say, in a file that is read by %s', async (name) => {
    await writeFile(join(chain.folder, `${name}.csv`), `id,plain,whole,ended,day\n${rows.map((row) => row.join()).join('\n')}\n`);
    await chain.pickup(name);
    await chain.process(name);
    expect(await chain.warehouse.query(`select id, plain, whole, ended, day from bulk.${name} order by id`)).toEqual([
      { id: 1, plain: 'a', whole: ' a ', ended: ' a', day: '2026-01-31' },
      { id: 2, plain: 'abc', whole: 'ab ', ended: 'abc', day: null },
      { id: 3, plain: '', whole: '   ', ended: '', day: null },
    ]);
    expect(
      await chain.warehouse.query('select line_number, reasons from gear.quarantine where feed = ? order by line_number', [name]),
    ).toEqual([
      { line_number: 5, reasons: 'too_long' },
      { line_number: 6, reasons: 'too_long' },
      { line_number: 7, reasons: 'bad_day' },
      { line_number: 8, reasons: 'bad_day' },
    ]);
  });

  it('are changed by another number of blanks at their end, which servers leave out where they compare texts', async () => {
    const counts = async (whole: string) => {
      await writeFile(join(chain.folder, 'bytes.csv'), `id,plain,whole,ended,day\n9,a,${whole},a,\n`);
      await chain.pickup('bytes');
      await chain.process('bytes');
      const [row] = await chain.warehouse.query<{ whole: string }>('select whole from bulk.bytes where id = 9');
      const [count] = await chain.warehouse.query(
        "select inserted, updated, unchanged from gear.load_counts where entity = 'bytes' order by load_id desc limit 1",
      );
      return [row?.whole, ...Object.values(count!).map(Number)];
    };
    expect(await counts('')).toEqual(['', 1, 0, 0]);
    expect(await counts('  ')).toEqual(['  ', 0, 1, 0]);
    expect(await counts('  ')).toEqual(['  ', 0, 0, 1]);
    expect(await counts(' ')).toEqual([' ', 0, 1, 0]);
    const images = await chain.warehouse.query(
      "select old_whole, new_whole from gear.changes_bytes where id = 9 and change_kind = 'updated'",
    );
    expect(images.map((each) => Object.values(each))).toEqual([
      ['', '  '],
      ['  ', ' '],
    ]);
  });
});

const mart = (condition: string) => ({
  path: 'bus/wholes.sql',
  text: `-- mart: bus.wholes
-- One text.
-- key: id

-- columns
id tinyint unsigned
whole varchar(3)

-- affected by bytes
select c.id from changes.bytes c
where c.change_kind = 'inserted' or not (${condition})

-- rows
select b.id, b.whole from [[affected straight_join]] bulk.bytes b [[on b.id = affected.id]]
`,
});

it('a mart that would not see such a change is refused', () => {
  expect(() => compilePipeline(definition, [mart('c.old_whole <=> c.new_whole')])).toThrow(
    'bus/wholes.sql:11: old_whole is compared with new_whole without blanks at the end, which whole keeps. Compare cast(old_whole as binary) with cast(new_whole as binary)',
  );
  for (const condition of ['cast(c.old_whole as binary) <=> cast(c.new_whole as binary)', 'c.old_plain <=> c.new_plain'])
    expect(compilePipeline(definition, [mart(condition)]).catalog.marts).toHaveLength(1);
});

const blanks = "keeps blanks at its end, which no key tells apart. Give its type trim: 'end', or leave its trim out";
const whole = { entity: 'bytes', column: 'whole' };
const [bytes] = definition.entities;
const [ofBytes, ofFields] = definition.feeds;

it.each<[string, Partial<PipelineDefinition>, string]>([
  ['a key', { entities: [{ ...bytes!, key: ['whole'], values: ['id'] }] }, `entities[0].key[0]: whole ${blanks}`],
  [
    'a key of another feed that keeps blanks',
    {
      entities: [{ ...bytes!, key: ['plain'], values: ['id'], from: [{ feed: 'bytes' }, { feed: 'fields' }] }],
      feeds: [
        ofBytes!,
        {
          ...ofFields!,
          columns: ofFields!.columns.map((column) => (column.name === 'plain' ? { ...column, type: ofBytes!.columns[2]!.type } : column)),
        },
      ],
    },
    `entities[0].key[0]: plain ${blanks}`,
  ],
  [
    'a key of a log, of which nothing is trimmed',
    {
      feeds: [
        {
          ...ofBytes!,
          format: { kind: 'combined-log' },
          columns: [{ name: 'agent', header: 'user_agent', type: { kind: 'text', maxLength: 9 }, reason: 'too_long' }],
        },
      ],
      entities: [{ ...bytes!, key: ['agent'], values: [] }],
    },
    `entities[0].key[0]: agent ${blanks}`,
  ],
  [
    'a surrogate',
    { surrogates: [{ name: 'wholes', id: 'whole_id', value: 'whole', from: [whole] }] },
    `surrogates[0].from[0].column: bytes.whole ${blanks}`,
  ],
  [
    'a hub',
    { vault: { hubs: [{ name: 'whole', key: 'whole', from: [whole] }], links: [], satellites: [] } },
    `vault.hubs[0].from[0].column: bytes.whole ${blanks}`,
  ],
  [
    'the dependent part of a link',
    {
      vault: {
        hubs: ['one', 'two'].map((name) => ({ name, key: 'id', from: [{ entity: 'bytes', column: 'id' }] })),
        links: [{ name: 'both', entity: 'bytes', hubs: ['one', 'two'].map((hub) => ({ hub, column: 'id' })), dependent: ['whole'] }],
        satellites: [],
      },
    },
    `vault.links[0].dependent[0]: whole ${blanks}`,
  ],
])('%s that would not tell such values apart is refused', (_what, changes, mistake) => {
  expect(() => validatePipelines([{ ...definition, ...changes }])).toThrow(mistake);
});

it('a dictionary that would not tell such values apart is refused', () => {
  const columns = [
    {
      name: 'kind',
      type: { kind: 'text', maxLength: 9, trim: 'end', dictionary: true },
      reason: { bad: 'too_long', empty: 'bad_key', full: 'bad_day' },
    },
  ];
  const entities = [{ name: 'bytes', append: true, values: ['kind'], from: [{ feed: 'bytes' }] }];
  expect(() => validatePipelines([{ ...definition, feeds: [{ ...ofBytes!, columns }], entities }])).toThrow(
    'feeds[0].columns[0].type.trim: must be left out where dictionary is true, whose values differ by more than blanks at their end',
  );
});
