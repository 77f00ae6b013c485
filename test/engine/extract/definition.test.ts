import { expect, test } from '@jest/globals';
import { wantedSchedules } from '../../../src/connectors/temporal/schedules.js';
import { validatePipelines } from '../../../src/engine/definition/validate.js';
import { fingerprintOf } from '../../../src/engine/definition/fingerprint.js';
import { compilePipelines } from '../../../src/engine/compile-pipelines.js';
import { loadPipelines } from '../../../src/config/load-pipelines.js';
import { eastrock } from '../../../src/pipelines/eastrock.js';
import { totesys } from '../../../src/pipelines/totesys.js';

const extract = {
  name: 'shop',
  kind: 'postgres',
  setting: 'SHOP_DATABASE_URL',
  into: 'EASTROCK_SOURCE_URL',
  schedule: '*/5 * * * *',
  tables: [{ name: 'item', key: ['id'], mark: 'last_updated' }],
};

test.each([
  ['a name twice', [extract, extract], 'extracts[1].name: shop is the name of two extracts'],
  ['a table twice', [{ ...extract, tables: [...extract.tables, ...extract.tables] }], 'extracts[0].tables[1].name: item is named twice'],
  ['another kind', [{ ...extract, kind: 'oracle' }], "extracts[0].kind: must be 'postgres'"],
  ['a schedule that is none', [{ ...extract, schedule: 'often' }], 'extracts[0].schedule'],
  ['a setting of the engine', [{ ...extract, setting: 'STRATA_MYSQL_URL' }], 'extracts[0].setting: STRATA_MYSQL_URL may be a setting'],
  [
    'columns without the key',
    [{ ...extract, tables: [{ ...extract.tables[0], columns: ['name'] }] }],
    'extracts[0].tables[0].columns: must hold the key and the mark: id, last_updated',
  ],
])('%s is refused', (_what, extracts, words) => {
  expect(() => validatePipelines([{ ...eastrock, extracts }])).toThrow(words);
});

test('an extract has a schedule of its own, which starts one run at a time', () => {
  const [schedule] = wantedSchedules(totesys, 'queue');
  expect(schedule).toMatchObject({
    scheduleId: 'totesys/extract',
    cron: '*/5 * * * *',
    policies: { overlap: 'SKIP' },
    action: { workflowType: 'extractPipeline', workflowId: 'totesys/extract', args: [{ pipeline: 'totesys', extract: 'totesys' }] },
  });
});

test('what is extracted is part of the fingerprint, and when is not', async () => {
  const [pipeline] = compilePipelines(await loadPipelines('totesys'));
  const of = (change: object) => {
    const { definition } = pipeline!;
    return fingerprintOf({
      ...pipeline!,
      definition: { ...definition, extracts: definition.extracts?.map((each) => ({ ...each, ...change })) },
    });
  };
  expect(of({ schedule: '0 * * * *' })).toBe(pipeline!.fingerprint);
  expect(of({ into: 'OTHER_URL' })).not.toBe(pipeline!.fingerprint);
});
