import type { ColumnDefinition, PipelineDefinition } from '../../../src/engine/definition/types.js';

const column = (name: string, type: ColumnDefinition['type']): ColumnDefinition => ({ name, type, nullable: true, reason: 'bad_value' });
/** A column of each type that may be NULL; only the text can be empty and not NULL, which quotes or JSON tell apart. */
export const nullable: readonly ColumnDefinition[] = [
  column('changed_at', { kind: 'timestamp', zone: 'utc', precision: 0 }),
  column('name', { kind: 'text', maxLength: 9, empty: '' }),
  column('group_id', { kind: 'integer', min: '-9', max: '9' }),
  column('price', { kind: 'decimal', precision: 6, scale: 2 }),
  column('is_open', { kind: 'boolean' }),
  column('opens', { kind: 'time', precision: 0 }),
  column('day', { kind: 'date', format: 'yyyy-mm-dd' }),
  column('code', { kind: 'code', length: 2 }),
  column('size', { kind: 'choice', values: ['s', 'l'] }),
  column('note', { kind: 'json' }),
];
const id: ColumnDefinition = { name: 'thing_id', type: { kind: 'integer', min: '1', max: '9' }, reason: 'bad_id' };
const reasons = ['bad_id', 'bad_value'];
const values = nullable.map(({ name }) => name);
const from = [{ feed: 'sheets' }, { feed: 'lines' }];

/** Things of two feeds with columns that may be NULL, also in a key, and moves that are appended. */
export const things: PipelineDefinition = {
  name: 'things',
  sourceSetting: 'THINGS_SOURCE_URL',
  schedules: { pickup: '0 0 1 1 *', process: '0 0 1 1 *', aggregate: '0 0 1 1 *' },
  feeds: [
    { name: 'sheets', match: '^sheets', format: { quotedEmpty: 'text' }, reasons, columns: [id, ...nullable] },
    { name: 'lines', match: '^lines', format: { kind: 'ndjson' }, reasons, columns: [id, ...nullable] },
    {
      name: 'moves',
      match: '^moves',
      reasons: [...reasons, 'bad_city', 'no_city', 'too_many_cities'],
      columns: [
        {
          name: 'city',
          type: { kind: 'text', maxLength: 9, dictionary: true },
          reason: { bad: 'bad_city', empty: 'no_city', full: 'too_many_cities' },
        },
        { name: 'place', type: { kind: 'point' }, reason: 'bad_value' },
        column('weight', { kind: 'decimal', precision: 6, scale: 2 }),
        column('moved_at', { kind: 'timestamp', zone: 'none', precision: 0 }),
      ],
    },
  ],
  entities: [
    { name: 'things', key: ['thing_id'], values, from },
    { name: 'thing_versions', key: ['thing_id', 'changed_at'], ids: 'record_id', values: ['name', 'group_id', 'price'], from },
    { name: 'moves', append: true, cell: 'place', values: ['city', 'place', 'weight', 'moved_at'], from: [{ feed: 'moves' }] },
  ],
  surrogates: [{ name: 'thing_days', id: 'day_id', value: 'day', from: [{ entity: 'things', column: 'changed_at' }] }],
  vault: {
    hubs: [{ name: 'thing', key: 'thing_id', from: [{ entity: 'things', column: 'thing_id' }] }],
    links: [],
    satellites: [{ name: 'thing', entity: 'things', parent: { hub: 'thing', column: 'thing_id' }, columns: values }],
  },
  sqlFolder: 'sql',
};
