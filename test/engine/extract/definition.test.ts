import { expect, test } from '@jest/globals';
import { wantedSchedules } from '../../../src/connectors/temporal/schedules/wanted-schedules.js';
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

const http = {
  ...{ name: 'rates', kind: 'http', setting: 'RATES_URL', into: 'EASTROCK_SOURCE_URL', since: '2026-01-01', path: '/{date}', answer: {} },
};

test.each([
  ['a name twice', [extract, extract], 'extracts[1].name: shop is the name of two extracts'],
  ['a table twice', [{ ...extract, tables: [...extract.tables, ...extract.tables] }], 'extracts[0].tables[1].name: item is named twice'],
  ['another kind', [{ ...extract, kind: 'oracle' }], "extracts[0].kind: must be 'postgres' or 'http'"],
  ['a schedule that is none', [{ ...extract, schedule: 'often' }], 'extracts[0].schedule'],
  ['a setting of the engine', [{ ...extract, setting: 'STRATA_MYSQL_URL' }], 'extracts[0].setting: STRATA_MYSQL_URL may be a setting'],
  [
    'columns without the key',
    [{ ...extract, tables: [{ ...extract.tables[0], columns: ['name'] }] }],
    'extracts[0].tables[0].columns: must hold the key and the mark: id, last_updated',
  ],
  [
    'a table whose name would be two folders',
    [{ ...extract, tables: [{ ...extract.tables[0], name: 'a/b' }] }],
    'extracts[0].tables[0].name: must be the name of a table, as the source has it',
  ],
  [
    'a column without a name',
    [{ ...extract, tables: [{ ...extract.tables[0], key: [''] }] }],
    'extracts[0].tables[0].key[0]: must be the name of a column, as the source has it',
  ],
  ['a request without a day', [{ ...http, path: '/latest' }], 'extracts[0].path: must begin with / or ? and hold {date}'],
  ['a request of no value', [{ ...http, path: '/{date}?base={base}' }], 'extracts[0].path: {base} has no values'],
  ['a value of no request', [{ ...http, values: { base: ['GBP'] } }], 'extracts[0].values.base: the path has no {base}'],
  [
    'a value that is no name',
    [{ ...http, path: '/{date}/{x}', values: { x: ['a/b'] } }],
    'extracts[0].values.x[0]: must have 1 to 32 letters',
  ],
  ['a first day that does not exist', [{ ...http, since: '2026-02-30' }], 'extracts[0].since: must be a date that exists'],
  ['a token of the engine', [{ ...http, tokenSetting: 'AWS_TOKEN' }], 'extracts[0].tokenSetting: AWS_TOKEN may be a setting'],
])('%s is refused', (_what, extracts, words) => {
  expect(() => validatePipelines([{ ...eastrock, extracts }])).toThrow(words);
});

test('tables and columns of a source have the names that it gave them', () => {
  const tables = [{ name: 'OrderLine', key: ['orderId', 'Line "No"', 'größe'], mark: 'updatedAt' }];
  expect(() => validatePipelines([{ ...eastrock, extracts: [{ ...extract, tables }] }])).not.toThrow();
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
