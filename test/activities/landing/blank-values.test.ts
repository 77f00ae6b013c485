import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compilePipeline } from '../../../src/engine/compiled-pipeline.js';
import type { ColumnDefinition, PipelineDefinition } from '../../../src/engine/definition/types.js';
import { validatePipelines } from '../../../src/engine/definition/validate.js';
import { FolderChain } from '../../support/folder-chain.js';
import { warehouses } from '../../support/servers/servers.js';

const id: ColumnDefinition = { name: 'id', type: { kind: 'integer', min: '1', max: '99' }, reason: 'bad' };
const exact = (name: string, more: Partial<ColumnDefinition> = {}): ColumnDefinition => ({
  name,
  type: { kind: 'text', maxLength: 9, trim: 'none' },
  reason: 'bad',
  ...more,
});
const filled = exact('filled', { type: { kind: 'text', maxLength: 9, trim: 'none', empty: 'none' } });
const maybe = exact('maybe', { nullable: true });
const feed = (name: string, columns: readonly ColumnDefinition[]) => ({ name, match: `^${name}`, reasons: ['bad'], columns });

const definition: PipelineDefinition = {
  name: 'blanks',
  sourceSetting: 'BLANKS_SOURCE_URL',
  schedules: { pickup: '0 0 1 1 *', process: '0 0 1 1 *', aggregate: '0 0 1 1 *' },
  feeds: [
    feed('merged', [id, filled, maybe]),
    feed('appended', [id, filled, maybe]),
    feed('trimmed', [id, { name: 'note', type: { kind: 'text', maxLength: 9 }, reason: 'bad' }]),
    { ...feed('noted', [id, exact('note'), exact('op')]), delivery: { kind: 'tombstones', column: 'op', values: ['D'] } },
  ],
  entities: [
    { name: 'merged', key: ['id'], values: ['filled', 'maybe'], from: [{ feed: 'merged' }] },
    { name: 'appended', append: true, values: ['id', 'filled', 'maybe'], from: [{ feed: 'appended' }] },
    { name: 'notes', key: ['id'], values: ['note'], from: [{ feed: 'trimmed' }, { feed: 'noted' }] },
  ],
  surrogates: [],
  vault: { hubs: [], links: [], satellites: [] },
  sqlFolder: 'sql',
};

describe.each(warehouses)('values of blanks alone, which servers take for empty texts, on $name', ({ url }) => {
  let chain: FolderChain;
  let days = 0;
  beforeAll(async () => {
    expect(validatePipelines([definition])).toHaveLength(1);
    chain = await FolderChain.open(url, { pipeline: compilePipeline(definition, []) });
  });
  afterAll(() => chain.close());
  const load = async (name: string, ...lines: readonly string[]) => {
    const path = join(chain.folder, `${name}.csv`);
    await writeFile(path, `${lines.join('\n')}\n`);
    const time = new Date(Date.UTC(2024, 0, (days += 1)));
    await utimes(path, time, time);
    await chain.pickup(name);
    return name === 'appended' ? undefined : await chain.process(name);
  };

  it.each(['merged', 'appended'])('are stored as they are in %s rows where an empty one has a value of its own', async (name) => {
    await load(name, 'id,filled,maybe', '1,,', '2,  ,  ', '3,a , a');
    expect(await chain.warehouse.query(`select id, filled, maybe from bulk.${name} order by id`)).toEqual([
      { id: 1, filled: 'none', maybe: null },
      { id: 2, filled: '  ', maybe: '  ' },
      { id: 3, filled: 'a ', maybe: ' a' },
    ]);
  });

  it('are a change where one of the feeds keeps them, and no word for a key that is gone', async () => {
    await load('trimmed', 'id,note', '1,', '2,a ');
    expect(await load('noted', 'id,note,op', '1,  ,D ', '2,a ,')).toMatchObject({ updated: 2, deleted: 0 });
    expect(await chain.warehouse.query('select note from bulk.notes order by id')).toEqual([{ note: '  ' }, { note: 'a ' }]);
    expect(await load('noted', 'id,note,op', '1,,D', '2,a  ,')).toMatchObject({ updated: 1, deleted: 1 });
  });
});
