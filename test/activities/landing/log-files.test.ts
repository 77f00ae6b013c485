import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { claimObjects } from '../../../src/activities/pickup/claim-objects.js';
import { FileStore } from '../../../src/connectors/file/file-store.js';
import { compilePipeline } from '../../../src/engine/compiled-pipeline.js';
import { columnSchema } from '../../../src/engine/definition/schema/feed.js';
import type { ColumnDefinition, PipelineDefinition } from '../../../src/engine/definition/types.js';
import { replayFile } from '../../../src/engine/read/replay-file.js';
import { quarantinedRows } from '../../../src/status/quarantined-rows.js';
import type { ProgressEvent } from '../../../src/contracts/progress.js';
import { documentAt, fencedBlocks } from '../../docs/documents.js';
import { land } from '../../support/land.js';
import { freshPrefix, warehouses } from '../../support/servers/servers.js';
import { quietScope, WarehouseChain } from '../../support/warehouse-chain.js';

const text = (name: string, nullable = true) =>
  ({
    name,
    header: name,
    type: { kind: 'text', maxLength: 200, ...(nullable && { empty: '' }) },
    nullable,
    reason: 'too_long',
  }) as const satisfies ColumnDefinition;
const columns: readonly ColumnDefinition[] = [
  { name: 'visit_time', header: 'visit_time', type: { kind: 'timestamp', zone: 'utc', precision: 0 }, reason: 'bad_date' },
  text('ip', false),
  { name: 'country', derive: { by: 'geo.country', from: 'ip' }, type: { kind: 'code', length: 2 }, nullable: true, reason: 'too_long' },
  text('user_name'),
  text('method'),
  text('path'),
  text('protocol'),
  text('request', false),
  { name: 'status', header: 'status', type: { kind: 'integer', min: '100', max: '599' }, reason: 'bad_number' },
  { name: 'bytes', header: 'bytes', type: { kind: 'integer', min: '0', max: '9223372036854775807' }, reason: 'bad_number' },
  text('referer'),
  text('user_agent'),
  { name: 'device', derive: { by: 'ua.device', from: 'user_agent' }, type: { kind: 'text', maxLength: 200 }, reason: 'too_long' },
];
const values = columns.map(({ name }) => name).filter((name) => name !== 'visit_time' && name !== 'ip');
const definition = (compression: 'none' | 'gzip'): PipelineDefinition => ({
  name: 'weblogs',
  sourceSetting: 'WEBLOGS_SOURCE_URL',
  schedules: { pickup: '0 1 * * *', process: '0 1 * * *', aggregate: '0 1 * * *' },
  feeds: [
    {
      name: 'visits',
      match: '^access.*$',
      format: { kind: 'combined-log', compression },
      reasons: ['bad_date', 'bad_number', 'too_long'],
      columns,
    },
  ],
  entities: [{ name: 'visits', key: ['visit_time', 'ip'], values, from: [{ feed: 'visits' }] }],
  surrogates: [],
  vault: { hubs: [], links: [], satellites: [] },
  sqlFolder: 'sql/weblogs',
});

const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1';
const line = (minute: number, { ip = '8.8.8.8', user = '-', request = 'GET /a HTTP/1.0', status = '200', agent = iphone } = {}) =>
  `${ip} - ${user} [22/Jun/202008:${String(minute % 60).padStart(2, '0')}:${String(Math.floor(minute / 60)).padStart(2, '0')} +0000] "${request}" ${status} 12 "-" "${agent}"`;

it('has the derived column of the reference', () => {
  const example = fencedBlocks(documentAt('docs/reference/definitions.md')).find(({ name }) => name === 'derive')!;
  const written = columnSchema.parse(runInNewContext(`(${example.text})`));
  expect({ ...written, reason: 'too_long' }).toEqual(columns.find(({ name }) => name === 'country'));
});

describe.each(warehouses)('log files on $name', ({ url }) => {
  let folder: string;
  let onTheWay = (stream: Readable): Readable => stream;
  const chains: Record<string, WarehouseChain> = {};
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-logs-'));
    for (const compression of ['none', 'gzip'] as const) {
      const chain = new WarehouseChain({
        url,
        prefix: freshPrefix(),
        pipeline: compilePipeline(definition(compression), []),
        sourceUrl: `file://${folder}`,
        rangeBytes: 2_000,
        chunkBytes: 1_000,
        openStore: (address) => {
          const store = new FileStore(fileURLToPath(address), 0);
          const read = store.read.bind(store);
          store.read = async (...args) => onTheWay(await read(...args));
          return store;
        },
      });
      await chain.migrate();
      chains[compression] = chain;
    }
  });
  afterAll(async () => {
    for (const chain of Object.values(chains)) await chain.close();
    await rm(folder, { recursive: true });
  });

  it('become visits with what their lines say, the country and the device', async () => {
    const chain = chains['none']!;
    await chain.reset();
    const lines = [
      line(0, { user: 'ada', request: 'GET /a?b=1 HTTP/1.1' }),
      line(1, { ip: '2001:4860:4860::8888', agent: '-', request: '\\x16\\x03' }),
      '',
      line(2, { ip: 'localhost', agent: '' }),
      line(3, { ip: '10.0.0.1', agent: 'a \\"b\\" \\\\ \\t' }),
      line(4, { status: '700' }),
      'no line of a log',
    ];
    await writeFile(join(folder, 'access.log'), lines.join('\n'));
    expect(await chain.pickup('visits')).toMatchObject([{ outcome: 'staged', rowsStaged: 4, rowsQuarantined: 2 }]);
    expect(await chain.process('visits')).toMatchObject({ inserted: 4 });
    const rows = await chain.warehouse.query(
      'select visit_time, ip, country, user_name, method, path, protocol, request, status, bytes, referer, user_agent, device from bulk.visits order by visit_time',
    );
    const row = (minute: number, ip: string, others: object) => ({
      visit_time: `2020-06-22 08:0${minute}:00`,
      ip,
      country: null,
      user_name: null,
      method: 'GET',
      path: '/a',
      protocol: 'HTTP/1.0',
      request: 'GET /a HTTP/1.0',
      status: 200,
      bytes: 12,
      referer: null,
      ...others,
    });
    expect(rows).toEqual([
      row(0, '8.8.8.8', {
        country: 'US',
        user_name: 'ada',
        path: '/a?b=1',
        protocol: 'HTTP/1.1',
        request: 'GET /a?b=1 HTTP/1.1',
        user_agent: iphone,
        device: 'Apple iPhone',
      }),
      row(1, '2001:4860:4860::8888', {
        country: 'CA',
        method: null,
        path: null,
        protocol: null,
        request: '\\x16\\x03',
        user_agent: null,
        device: 'Unknown',
      }),
      row(2, 'localhost', { user_agent: '', device: 'Unknown' }),
      row(3, '10.0.0.1', { user_agent: 'a "b" \\ \\t', device: 'Unknown' }),
    ]);
    expect(await chain.warehouse.query('select column_name, enrichment, version from gear.load_enrichments order by column_name')).toEqual([
      { column_name: 'country', enrichment: 'geo.country', version: expect.stringMatching(/^@ip-location-db\/dbip-country-mmdb \d/) },
      { column_name: 'device', enrichment: 'ua.device', version: expect.stringMatching(/^ua-parser-js 1\./) },
    ]);
  });

  it('give their bad lines back, to be corrected and loaded again at their places', async () => {
    const chain = chains['none']!;
    await chain.reset();
    await writeFile(join(folder, 'access.log'), `${line(0)}\n${line(1, { status: '99' })}\n${line(1, { user: 'later' })}\n`);
    await chain.pickup('visits');
    const [load] = await chain.warehouse.query<{ load_id: number }>('select load_id from gear.loads');
    const loadId = Number(load!.load_id);
    const { firstLine, beforeRow } = replayFile({ columns: [], format: { kind: 'combined-log' } }, [], false);
    const exported = [firstLine];
    for await (const { offset, raw } of quarantinedRows(chain.warehouse, loadId))
      exported.push(beforeRow(`${loadId}@${offset}`) + raw.toString());
    expect(exported).toHaveLength(2);
    const inQuarantine = join(folder, await chain.quarantineFolder(loadId));
    await mkdir(inQuarantine, { recursive: true });
    await writeFile(
      join(inQuarantine, 'access-fixed.log'),
      exported.join('\n').replace(' 99 12', ' 201 12').replace(' - - ', ' - former '),
    );
    expect(await chain.backfill('visits', `file://${inQuarantine}`)).toMatchObject([{ rowsStaged: 1, rowsQuarantined: 0 }]);
    await chain.process('visits');
    // The corrected line stands before the other one of its minute, which is the later delivery.
    expect(await chain.warehouse.query('select user_name, status from bulk.visits order by visit_time')).toEqual([
      { user_name: null, status: 200 },
      { user_name: 'later', status: 200 },
    ]);
    await rm(join(folder, 'quarantine'), { recursive: true });
  });

  it.each(['none', 'gzip'] as const)('are landed on where an attempt broke off in the middle (compression %s)', async (compression) => {
    const chain = chains[compression]!;
    await chain.reset();
    const lines = Array.from({ length: 120 }, (_, i) => line(i, i % 11 === 0 ? { status: '99' } : { agent: agent(i) }));
    const content = Buffer.from(`${lines.join('\n')}\n`);
    const bytes = compression === 'gzip' ? gzipSync(content) : content;
    await writeFile(join(folder, 'access.log'), bytes);
    await claimObjects(chain.deps, { pipeline: 'weblogs', feed: 'visits', source: { kind: 'feed' } }, quietScope);
    const [load] = await chain.warehouse.query<{ load_id: number }>('select load_id from gear.loads');
    const loadId = Number(load!.load_id);
    const deps = { ...chain.deps, rangeBytes: 1e9 };
    onTheWay = (stream) => breaking(stream, Math.floor(0.7 * bytes.length));
    await expect(land(deps, loadId, quietScope)).rejects.toThrow('broke off');
    onTheWay = (stream) => stream;
    const [{ rows_staged: committed } = { rows_staged: 0 }] = await chain.warehouse.query<{ rows_staged: number }>(
      'select rows_staged from gear.loads',
    );
    expect(Number(committed)).toBeGreaterThan(0);
    const events: ProgressEvent[] = [];
    await land(deps, loadId, { ...quietScope, report: (event) => events.push(event) });
    for (const { bytes: done, totalBytes } of events) expect(done!).toBeLessThanOrEqual(totalBytes!);
    const staged = await chain.warehouse.query<{ user_agent: string; line_number: number }>(
      'select line_number, user_agent from staging.visits order by row_offset',
    );
    expect(staged.map(({ line_number, user_agent }) => [Number(line_number), user_agent])).toEqual(
      lines.flatMap((_line, i) => (i % 11 === 0 ? [] : [[i + 1, agent(i)]])),
    );
    expect(await chain.warehouse.query('select state, bytes_read, rows_staged, rows_quarantined from gear.loads')).toEqual([
      { state: 'staged', bytes_read: bytes.length, rows_staged: 109, rows_quarantined: 11 },
    ]);
  });
});

/** Text that gzip can't make much smaller. */
function agent(number: number): string {
  return createHash('sha256').update(String(number)).digest('base64');
}

/** The stream's first bytes, then an error. */
function breaking(stream: Readable, after: number): Transform {
  let left = after;
  const output = new Transform({
    transform(bytes: Buffer, _encoding, done) {
      const part = bytes.subarray(0, left);
      left -= part.length;
      this.push(part);
      // What came before is taken first, as it is from a connection that breaks off.
      setTimeout(() => done(left === 0 ? new Error('it broke off') : null), left === 0 ? 100 : 0);
    },
  });
  return stream.pipe(output);
}
