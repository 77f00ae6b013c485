import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { DuckDBInstance } from '@duckdb/node-api';
import { createTestBucket, type TestBucket } from '../../connectors/s3/test-bucket.js';
import { startMysqlProxy, type MysqlProxy } from '../../support/proxies/mysql-proxy.js';
import { objectStore } from '../../support/servers/servers.js';
import { smallPipeline, type SmallPipeline } from '../../support/small-pipeline.js';
import { StrataProcess, type Ran } from '../../support/strata-process.js';

const date = '2024-03-01';
/** Of CSV and of Parquet: 2,048 rows are the fewest of a row group. */
const rowsOfPart = 2_048;
const firstId = 100_001;

/** A version of the exports, told by how many parts it has, and by what all of its rows have in common. */
export interface Version {
  readonly parts: number;
  readonly country: string;
}

const exportOf = (name: string, format: string, end: string, limit: string) => `-- export: ${name}
-- The users of each date.
-- format: ${format}
-- to: table=${name}/{date}/part-{part}.${end}
-- part: ${limit}
-- reads: users of date

-- columns
user_id bigint
country varchar(20)
digest varchar(64)

-- rows
select u.user_id, u.country, sha2(concat(u.country, u.user_id), 256) from bulk.users u where u.delivery_date = {date} order by u.user_id
`;

/** Exports in parts of CSV and Parquet, to a folder or a bucket, by a worker that reaches its warehouse through a proxy. */
export class ExportLab {
  worker: StrataProcess | undefined;

  private constructor(
    private readonly small: SmallPipeline,
    readonly mysql: MysqlProxy,
    private readonly bucket: TestBucket | undefined,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  static async open(url: string, target: 'folder' | 'bucket'): Promise<ExportLab> {
    const small = smallPipeline();
    const { folder } = small;
    for (const name of ['source', 'final', 'tmp', 'read', 'sql/exports']) mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, 'sql/exports/lines.sql'), exportOf('lines', 'csv', 'csv', '154 kB'));
    writeFileSync(join(folder, 'sql/exports/users.sql'), exportOf('users', 'parquet', 'snappy.parquet', '140 kB'));
    const bucket = target === 'bucket' ? await createTestBucket() : undefined;
    const mysql = await startMysqlProxy(url);
    const env = {
      ...small.settings,
      STRATA_MYSQL_URL: url,
      STRATA_PIPELINES: small.variant((base) => ({
        ...base,
        exportSetting: 'SMALL_EXPORT_URL',
        schedules: { daily: '0 1 * * *' },
        release: 'keep',
        feeds: base.feeds.map((feed) => {
          return { ...feed, match: 'raw/(?<date>[^/]+)/users\\.csv', partition: { column: 'delivery_date', group: 'date' } };
        }),
        entities: [{ name: 'users', replaces: 'partition', values: ['user_id', 'country'], from: [{ feed: 'users' }] }],
        vault: { hubs: [], links: [], satellites: [] },
      })),
      STRATA_FOLDER_QUIET_SECONDS: '0',
      SMALL_SOURCE_URL: pathToFileURL(join(folder, 'source')).href,
      SMALL_EXPORT_URL: bucket ? `s3://${bucket.bucket}/final` : pathToFileURL(join(folder, 'final')).href,
      TMPDIR: join(folder, 'tmp'),
      AWS_ENDPOINT_URL_S3: objectStore.endpoint,
      AWS_REGION: objectStore.region,
      AWS_ACCESS_KEY_ID: objectStore.accessKeyId,
      AWS_SECRET_ACCESS_KEY: objectStore.secretAccessKey,
    };
    const lab = new ExportLab(small, mysql, bucket, env);
    const { code, stderr } = await lab.strata('migrate');
    if (code !== 0) throw new Error(`strata migrate ended with ${code}:\n${stderr}`);
    return lab;
  }

  strata(...args: readonly string[]): Promise<Ran> {
    return StrataProcess.run(args, this.env);
  }

  async startWorker(): Promise<void> {
    this.worker = await StrataProcess.startWorker({ ...this.env, STRATA_MYSQL_URL: this.mysql.url });
  }

  /** The date has another file. */
  deliver({ parts, country }: Version): void {
    const rows = Array.from({ length: countRows(parts) }, (_, index) => `${firstId + index},${country}\n`);
    mkdirSync(join(this.small.folder, 'source/raw', date), { recursive: true });
    writeFileSync(join(this.small.folder, 'source/raw', date, 'users.csv'), `UserID,Country\n${rows.join('')}`);
  }

  /** Loads the file and writes the exports. */
  run(): Promise<Ran> {
    return this.strata('run', this.small.name, '--date', date);
  }

  /** What `strata exports list` says of the parts, and whether it warns. */
  async listed(): Promise<{ readonly parts: readonly number[]; readonly warnings: string }> {
    const { stdout, stderr } = await this.strata('exports', 'list', this.small.name, '--date', date, '--json');
    return { parts: (JSON.parse(stdout) as { parts: number }[]).map(({ parts }) => parts), warnings: stderr };
  }

  /** Where the parts of CSV lie, of exports to a folder. */
  get linesFolder(): string {
    return join(this.small.folder, 'final/table=lines', date);
  }

  /** Every file at the target by its key, hidden ones too. */
  private async files(): Promise<ReadonlyMap<string, Buffer>> {
    const files = new Map<string, Buffer>();
    if (this.bucket) {
      const store = this.bucket.store('final/');
      for await (const page of store.list({ recursive: true }))
        for (const version of page) {
          const pieces: Buffer[] = [];
          for await (const piece of await store.read(version, { start: 0 })) pieces.push(piece as Buffer);
          files.set(store.relativeKey(version.key), Buffer.concat(pieces));
        }
    } else {
      const final = join(this.small.folder, 'final');
      for (const key of readdirSync(final, { recursive: true, encoding: 'utf8' }))
        if (statSync(join(final, key)).isFile()) files.set(key, readFileSync(join(final, key)));
    }
    return new Map([...files].sort(([one], [other]) => (one < other ? -1 : 1)));
  }

  /** The keys of all files at the target, and of uploads that have not ended, with what a reader of each export reads. */
  async written(): Promise<{ readonly keys: readonly string[]; readonly lines: string; readonly users: string }> {
    const files = await this.files();
    const { Uploads = [] } = this.bucket
      ? await this.bucket.client.send(new ListMultipartUploadsCommand({ Bucket: this.bucket.bucket }))
      : {};
    const keys = [...files.keys(), ...Uploads.map(({ Key }) => `upload of ${Key}`)];
    const parts = [...files].filter(([key]) => key.endsWith('.csv'));
    const lines = parts.map(([, bytes]) => bytes.toString().replace(/^.*\n/, '')).join('');
    return { keys, lines, users: await this.readParquet([...files].filter(([key]) => key.endsWith('.parquet'))) };
  }

  /** What a worker has left of its temporary files. */
  get temporary(): readonly string[] {
    return readdirSync(join(this.small.folder, 'tmp'));
  }

  private async readParquet(files: readonly (readonly [string, Buffer])[]): Promise<string> {
    const folder = join(this.small.folder, 'read');
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    for (const [key, bytes] of files) writeFileSync(join(folder, key.replaceAll('/', '-')), bytes);
    const duckdb = await DuckDBInstance.create(':memory:');
    const connection = await duckdb.connect();
    const sql = `select user_id || ',' || country || ',' || digest from read_parquet('${folder}/*.parquet', hive_partitioning = false)`;
    const rows = (await connection.runAndReadAll(sql)).getRows();
    connection.closeSync();
    duckdb.closeSync();
    return rows.map(([line]) => `${String(line)}\n`).join('');
  }

  async close(): Promise<void> {
    await this.worker?.kill();
    await this.mysql.close();
    await this.bucket?.drop();
    this.small.drop();
  }
}

const countRows = (parts: number) => rowsOfPart * (parts - 1) + 500;

/** The rows of a version, as both exports have them. */
export function linesOf({ parts, country }: Version): string {
  const digest = (id: number) =>
    createHash('sha256')
      .update(country + id)
      .digest('hex');
  return Array.from({ length: countRows(parts) }, (_, index) => `${firstId + index},${country},${digest(firstId + index)}\n`).join('');
}

/** All keys of a version. */
export function keysOf({ parts }: Version): readonly string[] {
  const of = (name: string, end: string) => Array.from({ length: parts }, (_, part) => `table=${name}/${date}/part-0000${part}.${end}`);
  return [...of('lines', 'csv'), ...of('users', 'snappy.parquet')];
}
