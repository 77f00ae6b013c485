import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import { zstdMissing } from '../../../src/engine/read/decode/unzstd.js';
import { plainFrame } from '../../engine/read/decode/zstd-files.js';
import { root } from '../../support/mart-warehouse.js';
import { warehouse as server } from '../../support/servers/servers.js';
import { smallPipeline } from '../../support/small-pipeline.js';
import { StrataProcess, type Settings } from '../../support/strata-process.js';
import { until } from '../../support/until.js';

const mart = (column: string) => `-- mart: bus.users_by_country
-- How many users there are by country.
-- key: country

-- columns
country varchar(20)
users bigint

-- affected by users
select c.new_country as country from changes.users c

-- affected by users
select c.old_country as country from changes.users c

-- rows
select u.country, count(*)
from [[affected straight_join]] bulk.users u [[on u.${column} = affected.country]]
group by u.country
`;

describe('the tools of authors', () => {
  const pipeline = smallPipeline({ 'users_by_country.sql': mart('country') });
  const { name, folder } = pipeline;
  const source = join(folder, 'source');
  const settings: Settings = {
    ...pipeline.settings,
    STRATA_RELEASE_UNDURABLE: '1',
    STRATA_FOLDER_QUIET_SECONDS: '0',
    SMALL_SOURCE_URL: pathToFileURL(source).href,
  };
  const prefix = settings['STRATA_SCHEMA_PREFIX']!;
  const strata = (...args: string[]) => StrataProcess.run(args, settings);
  const warehouse = openWarehouse({ url: server.url, prefix });
  const sql = join(folder, 'sql', 'bus', 'users_by_country.sql');
  const schemas = async () =>
    (
      await warehouse.query<{ name: string }>(
        'select schema_name as name from information_schema.schemata where left(schema_name, ?) = ?',
        [prefix.length, prefix],
      )
    ).map(({ name: schema }) => schema);
  beforeAll(() => mkdirSync(source));
  afterAll(async () => {
    await warehouse.close();
    pipeline.drop();
  });

  describe('strata check', () => {
    it('says before there is a warehouse what migrate will make, and makes nothing', async () => {
      const { code, stdout } = await strata('check');
      expect([code, stdout]).toEqual([0, expect.stringContaining(`${name}: 1 feed, 1 entity, 1 mart, 0 views, 0 exports\n`)]);
      expect(stdout).toContain('strata migrate will change: bulk.users does not exist');
      expect(stdout).toContain('everything is right');
      expect(await schemas()).toEqual([]);
    });

    it('counts the marts of all kinds that have files', async () => {
      const counts = async (builtIn: string) =>
        (await StrataProcess.run(['check', '--offline'], { ...settings, STRATA_PIPELINES: builtIn })).stdout.split('\n')[0];
      const files = (builtIn: string) => {
        const bus = join(root, 'sql', builtIn, 'bus');
        return readdirSync(bus).filter((file) => readFileSync(join(bus, file), 'utf8').startsWith('-- mart:')).length;
      };
      for (const builtIn of ['b2b', 'trips'])
        expect(await counts(builtIn)).toMatch(new RegExp(`^${builtIn}: .* ${files(builtIn)} marts?, `));
    });

    it('names file and line of SQL that the server does not take, in new tables and in those that are there', async () => {
      writeFileSync(sql, mart('land'));
      for (const after of ['a check', 'a migration']) {
        const { code, stderr } = await strata('check');
        expect([after, code, stderr]).toEqual([
          after,
          1,
          expect.stringMatching(/sql\/bus\/users_by_country\.sql:17: Unknown column 'u\.land'/),
        ]);
        expect((await schemas()).filter((schema) => schema.includes('strata_check'))).toEqual([]);
        writeFileSync(sql, mart('country'));
        expect(await strata('migrate', '--warehouse-only')).toMatchObject({ code: 0 });
        writeFileSync(sql, mart('land'));
      }
      writeFileSync(sql, mart('country'));
      expect(JSON.parse((await strata('check', '--json')).stdout)).toMatchObject({ changes: [], refused: [], statements: 4 });
    });

    it('checks files alone without a server', async () => {
      const offline = await StrataProcess.run(['check', '--offline'], { STRATA_PIPELINES: settings['STRATA_PIPELINES']! });
      expect(offline).toMatchObject({ code: 0, stdout: expect.stringContaining('everything is right') });
    });
  });

  describe('strata run --dry-run <file>', () => {
    const file = join(folder, 'users_1.csv');

    it('says what a file would insert, update and refuse, and changes nothing', async () => {
      writeFileSync(file, 'UserID,Country\n1,ES\n2,DE\nx,DE\n3,a country of more than twenty letters\n1,PT\n');
      const { code, stdout } = await strata('run', name, '--dry-run', file);
      expect([code, stdout]).toEqual([
        0,
        expect.stringMatching(/users_1\.csv is of the feed users: 3 good rows, and 2 would go to quarantine/),
      ]);
      expect(stdout).toMatch(/^users +2 +0 +0 +1 +0 +0$/m);
      expect(stdout).toMatch(/^bad_key +1$/m);
      expect(stdout).toMatch(/^too_long +1$/m);
      for (const table of ['gear.loads', 'gear.quarantine', 'staging.users', 'bulk.users', 'gear.changes_users', 'gear.batches'])
        expect([table, await warehouse.query(`select count(*) as n from ${table}`)]).toEqual([table, [{ n: 0 }]]);
    });

    it('compares the file with what is there, by definitions that are not applied yet', async () => {
      await warehouse.execute(
        `insert into bulk.users (user_id, country, load_id, row_offset, created_at, updated_at)
         values (1, 'ES', 1, 0, utc_timestamp(6), utc_timestamp(6)), (2, 'FR', 1, 0, utc_timestamp(6), utc_timestamp(6))`,
      );
      const STRATA_PIPELINES = pipeline.variant((base) => ({
        ...base,
        feeds: base.feeds.map((feed) => ({ ...feed, match: '^people.*', format: { kind: 'csv', delimiter: ';' } })),
      }));
      writeFileSync(file, 'UserID;Country\n1;ES\n2;DE\n4;IT\n');
      const other = await StrataProcess.run(['run', name, '--dry-run', file, '--as', 'people.csv', '--json'], {
        ...settings,
        STRATA_PIPELINES,
      });
      expect(JSON.parse(other.stdout)).toMatchObject({
        rowsStaged: 3,
        entities: [{ entity: 'users', inserted: 1, updated: 1, unchanged: 1 }],
      });
      expect(await warehouse.query('select user_id, country from bulk.users order by user_id')).toEqual([
        { user_id: 1, country: 'ES' },
        { user_id: 2, country: 'FR' },
      ]);
      await warehouse.execute('delete from bulk.users');
    });

    it('reads a file as its name in the source says that it is packed', async () => {
      const STRATA_PIPELINES = pipeline.variant((base) => ({
        ...base,
        feeds: base.feeds.map((feed) => ({ ...feed, match: '^people.*', format: { kind: 'csv', compression: 'by-name' } })),
      }));
      writeFileSync(file, gzipSync('UserID,Country\n1,ES\n'));
      const trial = (as: string) =>
        StrataProcess.run(['run', name, '--dry-run', file, '--as', as, '--json'], { ...settings, STRATA_PIPELINES });
      expect(JSON.parse((await trial('people.csv.GZ')).stdout)).toMatchObject({ rowsStaged: 1, problem: null });
      expect(JSON.parse((await trial('people.csv')).stdout)).toMatchObject({
        rowsStaged: 0,
        problem: expect.stringContaining('give it a name that ends with .gz') as unknown,
      });
    });

    it('says why a whole file would be refused, and which names the feeds have', async () => {
      writeFileSync(file, 'UserID,Land\n1,ES\n');
      expect((await strata('run', name, '--dry-run', file)).stdout).toMatch(/users_1\.csv would be refused by the feed users: .*country/i);
      expect(await strata('run', name, '--dry-run', file, '--as', 'people.csv')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('people.csv matches no feed'),
      });
    });
  });

  describe('strata dev', () => {
    it('takes a change that is right, and goes on with the old definitions after one that is not', async () => {
      const path = settings['STRATA_PIPELINES']!;
      const first = readFileSync(path, 'utf8');
      const dev = StrataProcess.start(['dev'], { ...settings, STRATA_LOG_FORMAT: 'json' });
      const ready = () => dev.output.split('the worker is ready').length - 1;
      const becomes = (text: string, count: number) => until(() => dev.output.includes(text) && ready() === count);
      try {
        await becomes('', 1);
        writeFileSync(path, first.replace('"maxLength":20', '"maxLength":2e9'));
        await becomes('the worker goes on with the old definitions', 1);
        writeFileSync(path, first.replace('"min":"1"', '"min":"2"'));
        await becomes('', 2);
        expect(dev.isRunning).toBe(true);
      } finally {
        writeFileSync(path, first);
        expect(await dev.stop('SIGINT')).toMatchObject({ code: 0 });
      }
    });
  });
});

describe('strata feed add', () => {
  const folder = mkdtempSync(join(tmpdir(), 'strata-sample-'));
  const add = async (file: string, bytes: string | Uint8Array) => {
    writeFileSync(join(folder, file), bytes);
    return StrataProcess.run(['feed', 'add', 'visits', '--from', join(folder, file)], {});
  };
  afterAll(() => rmSync(folder, { recursive: true }));

  it('writes TypeScript that type-checks, each guess with what it was made of', async () => {
    const days = Array.from({ length: 30 }, (_, index) => `${index + 1}.3.2025`);
    const rows = days.map(
      (day, i) => `00${i};${i + 100};${day};${i % 3 ? 'yes' : 'no'};1.${i + 100},5;${i % 2 ? '' : i};café;2025-03-01T10:00:0${i % 9}Z`,
    );
    const sample = `Visitor Code;VisitID;Day;Paid;Sum;Age;Load ID;At\n${rows.join('\n')}\n`;
    const { code, stdout } = await add('visits_2025-03.csv.gz', gzipSync(Buffer.from(sample, 'latin1')));
    expect(code).toBe(0);
    expect(stdout).toContain(`match: '^visits.*\\\\.csv\\\\.gz$'`);
    expect(stdout).toContain(`format: { delimiter: ';', encoding: 'windows-1252', compression: 'gzip' }`);
    expect(stdout).toContain(`// 100 to 129, different in each row.`);
    expect(stdout).toContain(
      `{ name: 'visit_id', header: 'VisitID', type: { kind: 'integer', min: '0', max: '4294967295' }, reason: 'bad_key' }`,
    );
    expect(stdout).toContain(`{ name: 'day', header: 'Day', type: { kind: 'date', format: 'd.m.yyyy' }, reason: 'bad_date' }`);
    expect(stdout).toContain(`// 0 to 28, empty in 15 of 30 rows.`);
    expect(stdout).toContain(`nullable: true, reason: 'bad_number'`);
    expect(stdout).toMatch(/name: 'visitor_code', .*kind: 'text', maxLength: 20/);
    expect(stdout).toMatch(/name: 'load_id_of_file'/);
    expect(stdout).toContain(`type: { kind: 'decimal', precision: 9, scale: 1, point: ',', thousands: '.' }`);
    expect(stdout).toMatch(/name: 'at', .*kind: 'timestamp', zone: 'given', precision: 0/);
    expect(stdout).toContain(`key: ['visit_id']`);
    expect(typeErrors(stdout)).toEqual([]);
  });

  it('says what is wrong with a packed sample', async () => {
    const { code, stderr } = await add('cut.csv.gz', gzipSync('id\n1\n2\n').subarray(0, -3));
    expect({ code, stderr }).toEqual({ code: 2, stderr: 'strata: the gzip file ends too early. Deliver the whole file\n' });
    const packed = plainFrame([Buffer.from('id,day\n1,2025-03-01\n')]);
    const zstd = await add('visits.csv.zst', packed);
    if (zstdMissing() === undefined) expect(zstd.stdout).toContain(`format: { compression: 'zstd' }`);
    else expect(zstd).toMatchObject({ code: 1, stderr: expect.stringMatching(/^strata: zstd needs Node 22.15 or later/) as unknown });
  });

  it('guesses from files without a header, and says what a sample leaves open', async () => {
    const { stdout } = await add('plain.csv', '1,1/2/2025,a\n1,3/4/2025,b\n1,5/6/2025,c\n2\n');
    expect(stdout).toContain(`format: { header: 'none' }`);
    expect(stdout).toContain('// Rows with another number of fields than the first one, which go to quarantine: 1.');
    expect(stdout).toContain('// No day is beyond 12, so it may be m/d/yyyy, different in each row.');
    expect(typeErrors(stdout)).toEqual([]);
  });

  it.each([
    ['lines that end with CR', 'a,b\r1,x\r2,y\r', 'its lines end with CR alone. End them with LF or CR LF'],
    ['a line for Excel', 'sep=;\na;b\n1;2\n', 'the first line is a "sep=" line for Excel and no header. Take it out'],
    ['a zip archive', Buffer.from('PK\x03\x04\x14\0\xff', 'latin1'), 'the file is a zip archive. Unpack it first'],
    ['Parquet', Buffer.from('PAR1\x15\0\x15\xfe', 'latin1'), 'the file is a Parquet file. Save it as CSV in UTF-8'],
    ['an array', '[\n{"id":1}\n]\n', /^the file is JSON, .* format: \{ kind: 'json' \}$/],
    ['a document', '{\n"id":1\n}\n', /^the file is JSON, .* format: \{ kind: 'json' \}$/],
    ['lines of JSON', '{"id":1}\n{"id":2}\n', /^the file is JSON, .* format: \{ kind: 'ndjson' \}$/],
    [
      'a web log',
      '203.0.113.9 - - [22/Jun/2020:08:15:00 +0000] "GET / HTTP/1.1" 200 5 "-" "-"\n',
      /^the file is a web log, .* format: \{ kind: 'combined-log' \}$/,
    ],
  ])('says why it guesses nothing from %s', async (_what, bytes, problem) => {
    const { code, stdout, stderr } = await add('other.txt', bytes);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.replace(/^strata: |\n$/g, '')).toEqual(typeof problem === 'string' ? problem : expect.stringMatching(problem));
  });

  it('finds what stands for NULL, where no other column has it as a word', async () => {
    const { stdout } = await add('nulls.csv', 'id,size,name,state\n1,NULL,\\N,-\n2,5,NULL,on\n3,N/A,None,off\n4,7,"NULL",off\n');
    expect(stdout).toContain(`format: { nulls: ['NULL', 'N/A', '\\\\N'] }`);
    expect(stdout).toContain('// 5 to 7, NULL in 2 of 4 rows.');
    expect(stdout).toMatch(/name: 'size', .*kind: 'integer', .*nullable: true/);
    expect(stdout).toMatch(/name: 'name', .*kind: 'text', .*nullable: true/);
    expect(stdout).toMatch(/name: 'state', header: 'state', type: \{ kind: 'text', maxLength: 20 \}, reason/);
    expect(typeErrors(stdout)).toEqual([]);
  });

  it('knows separators that are control characters, spaces between thousands, and 64 bits', async () => {
    const { stdout } = await add('odd.csv', 'id\x1fsum\x1fhash\n1\x1f1\u00a0234,50\x1f18446744073709551615\n2\x1f2,00\x1f7\n');
    expect(stdout).toContain(`format: { delimiter: '\\u001f' }`);
    expect(stdout).toMatch(/name: 'sum', .*point: ',', thousands: ' '/);
    expect(stdout).toMatch(/name: 'hash', .*kind: 'integer', min: '0', max: '18446744073709551615'/);
    expect(typeErrors(stdout)).toEqual([]);
  });

  it('writes a file only where there is none', async () => {
    const to = join(folder, 'visits.ts');
    writeFileSync(join(folder, 'sample.csv'), 'id\n1\n');
    const again = () => StrataProcess.run(['feed', 'add', 'visits', '--from', join(folder, 'sample.csv'), '--to', to], {});
    expect(await again()).toMatchObject({ code: 0 });
    expect(readFileSync(to, 'utf8')).toContain(`name: 'visits'`);
    expect(await again()).toMatchObject({ code: 2, stderr: expect.stringContaining('is there already') });
  });

  /** By the compiler with the project's own settings, where the package is its sources. */
  function typeErrors(text: string): string[] {
    const file = join(root, 'test', 'support', 'written-definition.ts');
    const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile) as { config: object };
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
    const host = ts.createCompilerHost(options);
    const read = host.readFile.bind(host);
    const exists = host.fileExists.bind(host);
    const source = text.replace('@strata-etl/strata', '../../src/index.js');
    host.readFile = (path) => (path === file ? source : read(path));
    host.fileExists = (path) => path === file || exists(path);
    const program = ts.createProgram([file], { ...options, noEmit: true, incremental: false }, host);
    return ts
      .getPreEmitDiagnostics(program, program.getSourceFile(file))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  }
});
