import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnection, type Connection } from 'mysql2/promise';
import { parse } from 'yaml';
import { z } from 'zod';
import { compileFile, migratedWarehouse } from '../../support/mart-warehouse.js';
import { freshPrefix, warehouse, warehouses } from '../../support/servers/servers.js';
import { StrataProcess } from '../../support/strata-process.js';

const folder = mkdtempSync(join(tmpdir(), 'strata-dashboards-'));
afterAll(() => rmSync(folder, { recursive: true }));

const settings = {
  STRATA_PIPELINES: 'eastrock,b2b,totesys,trips',
  STRATA_MYSQL_URL: 'mysql://root:secret@warehouse.example:3307',
  STRATA_SCHEMA_PREFIX: 'acme_',
};

/** The files of a zip archive by path, as its directory names them. */
function unzipped(file: string): ReadonlyMap<string, string> {
  const bytes = readFileSync(file);
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  const files = new Map<string, string>();
  for (let count = bytes.readUInt16LE(end + 10), at = bytes.readUInt32LE(end + 16); count > 0; count -= 1) {
    const [size, nameLength, offset] = [bytes.readUInt32LE(at + 24), bytes.readUInt16LE(at + 28), bytes.readUInt32LE(at + 42)];
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    const from = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28);
    expect([bytes.readUInt32LE(offset), bytes.readUInt32LE(offset + 14)]).toEqual([0x04034b50, bytes.readUInt32LE(at + 16)]);
    files.set(name, bytes.toString('utf8', from, from + size));
    at += 46 + nameLength;
  }
  return files;
}

async function bundleOf(pipeline: string, env: Readonly<Record<string, string>> = settings): Promise<ReadonlyMap<string, string>> {
  const output = join(folder, `${pipeline}.zip`);
  expect(await StrataProcess.run(['dashboards', pipeline, '--output', output], env)).toMatchObject({ code: 0, stderr: '' });
  return unzipped(output);
}

const metric = z.object({ sqlExpression: z.string() });
const adhocFilter = z.object({ subject: z.string(), operator: z.string() });
const chartFile = z.object({
  uuid: z.uuid(),
  dataset_uuid: z.uuid(),
  params: z.object({
    x_axis: z.string().optional(),
    groupby: z.array(z.string()).default([]),
    all_columns: z.array(z.string()).default([]),
    order_by_cols: z.array(z.string()).default([]),
    adhoc_filters: z.array(adhocFilter),
    metrics: z.array(metric).default([]),
    metric: metric.optional(),
  }),
});
const datasetFile = z.object({
  uuid: z.uuid(),
  database_uuid: z.uuid(),
  sql: z.string(),
  main_dttm_col: z.string().nullable(),
  columns: z.array(z.object({ column_name: z.string(), verbose_name: z.string() })),
});
const chartNode = z.object({ meta: z.object({ uuid: z.string().optional(), chartId: z.number().optional() }).optional() });
const target = z.object({ column: z.object({ name: z.string() }).optional(), datasetUuid: z.string().optional() });
const nativeFilter = z.object({
  filterType: z.enum(['filter_time', 'filter_select']),
  targets: z.tuple([target]),
  scope: z.object({ excluded: z.array(z.number()) }),
});
const dashboardFile = z.object({
  position: z.record(z.string(), z.union([z.string(), chartNode])),
  metadata: z.object({ native_filter_configuration: z.array(nativeFilter).min(1) }),
});

const filesIn = (bundle: ReadonlyMap<string, string>, kind: string) =>
  [...bundle].filter(([path]) => path.includes(`/${kind}/`)).map(([, text]) => parse(text) as unknown);

/** The number of each chart on its dashboard, by its uuid. */
function placesIn(bundle: ReadonlyMap<string, string>): ReadonlyMap<string, number> {
  const all = filesIn(bundle, 'dashboards').flatMap((file) => Object.values(dashboardFile.parse(file).position));
  return new Map(
    all.flatMap((node) =>
      typeof node === 'string' || node.meta?.uuid === undefined ? [] : [[node.meta.uuid, node.meta.chartId!] as const],
    ),
  );
}

describe.each(['eastrock', 'b2b', 'totesys', 'trips'])('the dashboard of %s', (pipeline) => {
  let bundle: ReadonlyMap<string, string>;
  beforeAll(async () => {
    bundle = await bundleOf(pipeline);
  });

  it('is a whole import: each chart is on the dashboard, and reads columns of a dataset that is there', () => {
    expect([...bundle.keys()].slice(0, 2)).toEqual([
      `${pipeline}_dashboards/metadata.yaml`,
      `${pipeline}_dashboards/databases/strata.yaml`,
    ]);
    const database = parse(bundle.get(`${pipeline}_dashboards/databases/strata.yaml`)!) as { uuid: string };
    const datasets = filesIn(bundle, 'datasets').map((file) => datasetFile.parse(file));
    const charts = filesIn(bundle, 'charts').map((file) => chartFile.parse(file));
    const placed = [...placesIn(bundle).keys()];
    expect(charts.map(({ uuid }) => uuid).sort()).toEqual(placed.sort());
    for (const { database_uuid: id } of datasets) expect(id).toBe(database.uuid);
    for (const { dataset_uuid: id, params } of charts) {
      const columns = datasets.find(({ uuid }) => uuid === id)?.columns.map(({ column_name: name }) => name) ?? [];
      const metrics = [...params.metrics, ...(params.metric ? [params.metric] : [])].map(
        ({ sqlExpression }) => /\((\w+)\)/.exec(sqlExpression)?.[1],
      );
      const sorted = params.order_by_cols.map((text) => (JSON.parse(text) as [string, boolean])[0]);
      const read = [
        ...(params.x_axis === undefined ? [] : [params.x_axis]),
        ...params.groupby,
        ...params.all_columns,
        ...sorted,
        ...metrics,
      ];
      expect(columns).toEqual(expect.arrayContaining(read));
    }
  });

  it('has filters that reach every chart with a time, and no chart without their column', () => {
    const datasets = new Map(filesIn(bundle, 'datasets').map((file) => [datasetFile.parse(file).uuid, datasetFile.parse(file)]));
    const charts = filesIn(bundle, 'charts').map((file) => chartFile.parse(file));
    const places = placesIn(bundle);
    for (const file of filesIn(bundle, 'dashboards'))
      for (const { filterType, targets, scope } of dashboardFile.parse(file).metadata.native_filter_configuration) {
        const { column, datasetUuid = '' } = targets[0];
        const columnsOf = (uuid: string) => datasets.get(uuid)!.columns.map(({ column_name: name }) => name);
        if (column) expect(columnsOf(datasetUuid)).toContain(column.name);
        for (const { uuid, dataset_uuid: id, params } of charts) {
          const time = datasets.get(id)!.main_dttm_col;
          const takes = filterType === 'filter_time' ? time !== null : columnsOf(id).includes(column!.name);
          const isExcluded = scope.excluded.includes(places.get(uuid)!);
          if (!takes) expect([uuid, isExcluded]).toEqual([uuid, true]);
          else if (filterType === 'filter_time') {
            expect([uuid, isExcluded]).toEqual([uuid, false]);
            expect(params.adhoc_filters).toContainEqual({ subject: time, operator: 'TEMPORAL_RANGE' });
          }
        }
      }
  });

  it('reads bus under its name, as an analyst whose password it does not hold', () => {
    const texts = [...bundle.values()].join('\n');
    expect(texts).toContain('sqlalchemy_uri: mysql://analyst:XXXXXXXXXX@warehouse.example:3307/acme_bus?charset=utf8mb4');
    expect(texts).toContain('from acme_bus.');
    expect(texts).not.toMatch(/\{bus\}|secret/);
  });

  describe.each(warehouses)('on $name', ({ url }) => {
    const prefix = freshPrefix();
    const account = `${prefix}analyst`;
    const password = randomBytes(12).toString('hex');
    let root: Connection;
    let analyst: Connection;
    beforeAll(async () => {
      await (await migratedWarehouse(url, await compileFile(pipeline), prefix)).close();
      root = await createConnection(url);
      await root.query(`create user '${account}'@'%' identified by '${password}'`);
      await root.query(`grant select on \`${prefix}bus\`.* to '${account}'@'%'`);
      analyst = await createConnection(`mysql://${account}:${password}@${new URL(url).host}`);
    });
    afterAll(async () => {
      await analyst.end();
      await root.query(`drop user '${account}'@'%'`);
      await root.end();
    });

    it('has queries that an account answers which sees bus alone', async () => {
      for (const file of filesIn(await bundleOf(pipeline, { ...settings, STRATA_SCHEMA_PREFIX: prefix }), 'datasets')) {
        const { sql, columns } = datasetFile.parse(file);
        const [, fields] = await analyst.query(`select * from (${sql}) as dataset limit 1`);
        expect(fields.map(({ name }) => name).sort()).toEqual(columns.map(({ column_name: name }) => name).sort());
      }
    });
  });
});

it('takes another folder and address, and says what is wrong with them', async () => {
  const strata = (...args: string[]) => StrataProcess.run(['dashboards', 'b2b', ...args], { ...settings, STRATA_MYSQL_URL: warehouse.url });
  for (const [args, message] of [
    [['--from', folder], `${folder}/dashboards has no .yaml file`],
    [['--warehouse', 'mysql://analyst:secret@warehouse.example'], 'without a password'],
    [['--warehouse', 'warehouse.example'], 'an address such as mysql://analyst@mysql:3306'],
  ] as const)
    expect(await strata(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) as unknown });
});
