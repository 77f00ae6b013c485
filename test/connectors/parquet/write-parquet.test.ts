import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { writeParquet } from '../../../src/connectors/parquet/write-parquet.js';
import { csvRow } from '../../../src/engine/exports/csv-row.js';

const columns = [
  { name: 'id', type: 'bigint not null' },
  { name: 'small', type: 'tinyint null' },
  { name: 'unsigned', type: 'int unsigned null' },
  { name: 'huge', type: 'bigint unsigned null' },
  { name: 'price', type: 'decimal(15,4) null' },
  { name: 'exact', type: 'decimal(30,2) null' },
  { name: 'is_sold', type: 'boolean null' },
  { name: 'day', type: 'date null' },
  { name: 'at', type: 'datetime(6) null' },
  { name: 'share', type: 'double null' },
  { name: 'name', type: 'mediumtext null' },
  { name: 'nothing', type: 'decimal(15,4) null' },
];
const texts = ['', ' padded ', 'a,"b"\nc\r\n', "it's", 'NULL', '\\N', 'Ünïcode 🦉', '\u0001'];
const rows = texts.map((name, index) => [
  `${index - 1}`,
  '-128',
  '4294967295',
  '18446744073709551615',
  '12345678901.2345',
  '1234567890123456789012345678.99',
  `${index % 2}`,
  '9999-12-31',
  '2020-06-22 08:15:00.123456',
  '0.1',
  name,
  null,
]);
const empty = ['9', ...Array<null>(11).fill(null)];

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'strata-parquet-'))));
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, source: readonly (readonly (string | null)[])[]): Promise<string> {
  const target = join(folder, `${name}.parquet`);
  await writeFile(join(folder, `${name}.csv`), source.map(csvRow).join(''));
  await writeParquet({ source: join(folder, `${name}.csv`), target, temporary: folder }, columns, new AbortController().signal);
  return target;
}

/** Processes of this one that write Parquet. */
function writers(): number[] {
  const lines = execFileSync('ps', ['-Ao', 'pid=,ppid=,args=']).toString().trim().split('\n');
  return lines.flatMap((line) => {
    const [pid, parent] = line.trim().split(/\s+/);
    return Number(parent) === process.pid && line.includes('write-parquet.js') ? [Number(pid)] : [];
  });
}

describe('a Parquet file', () => {
  it('holds what was written, to the last digit, as DuckDB and an independent reader see it', async () => {
    const target = await write('all', [...rows, empty]);
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(`set TimeZone = 'UTC'`);
    const found = (await connection.runAndReadAll(`select * from '${target}' order by id`)).getRowObjectsJson();
    expect(found.map(({ name }) => name)).toEqual([...texts, null]);
    expect(found[1]).toMatchObject({
      id: '0',
      small: -128,
      unsigned: '4294967295',
      huge: '18446744073709551615',
      price: '12345678901.2345',
    });
    expect(found[1]).toMatchObject({
      exact: '1234567890123456789012345678.99',
      is_sold: true,
      day: '9999-12-31',
      share: 0.1,
      nothing: null,
    });
    expect(found[1]?.at).toBe('2020-06-22 08:15:00.123456+00');
    expect(Object.values(found.at(-1) ?? {})).toEqual(['9', ...Array<null>(11).fill(null)]);
    connection.closeSync();

    const others = await parquetReadObjects({ file: await asyncBufferFromFile(target) });
    expect(others.map(({ name }) => name)).toEqual([...texts, null]);
    expect(others[1]).toMatchObject({ is_sold: true, at: new Date('2020-06-22T08:15:00.123Z'), unsigned: 4294967295n });
  });

  it('has optional columns of types that all readers know, also where every value is NULL or there is no row', async () => {
    for (const target of [await write('nulls', [empty]), await write('none', [])]) {
      const { schema, row_groups: groups } = await parquetMetadataAsync(await asyncBufferFromFile(target));
      const [, ...leaves] = schema;
      expect(leaves.map(({ name, type, converted_type: converted }) => [name, type, converted])).toEqual([
        ['id', 'INT64', 'INT_64'],
        ['small', 'INT32', 'INT_32'],
        ['unsigned', 'INT64', 'INT_64'],
        ['huge', 'FIXED_LEN_BYTE_ARRAY', 'DECIMAL'],
        ['price', 'INT64', 'DECIMAL'],
        ['exact', 'FIXED_LEN_BYTE_ARRAY', 'DECIMAL'],
        ['is_sold', 'BOOLEAN', undefined],
        ['day', 'INT32', 'DATE'],
        ['at', 'INT64', 'TIMESTAMP_MICROS'],
        ['share', 'DOUBLE', undefined],
        ['name', 'BYTE_ARRAY', 'UTF8'],
        ['nothing', 'INT64', 'DECIMAL'],
      ]);
      expect(leaves.map((leaf) => [leaf.repetition_type, leaf.field_id])).toEqual(leaves.map((_, index) => ['OPTIONAL', index + 1]));
      expect(leaves[8]?.logical_type).toMatchObject({ type: 'TIMESTAMP', isAdjustedToUTC: true });
      for (const { columns: parts } of groups) for (const part of parts) expect(part.meta_data?.codec).toBe('SNAPPY');
    }
  });

  it('has the same bytes for the same rows, in their order, in groups of rows', async () => {
    const many = Array.from({ length: 130_000 }, (_, index) => [
      `${(index * 7919) % 130_003}`,
      ...(rows[index % rows.length] ?? []).slice(1),
    ]);
    const digests: string[] = [];
    for (const name of ['first', 'second']) {
      const source = createWriteStream(join(folder, `${name}.csv`));
      for (const row of many) if (!source.write(csvRow(row))) await once(source, 'drain');
      await finished(source.end());
      const target = join(folder, `${name}.parquet`);
      await writeParquet({ source: join(folder, `${name}.csv`), target, temporary: folder }, columns, new AbortController().signal);
      digests.push(
        createHash('sha256')
          .update(await readFile(target))
          .digest('hex'),
      );
    }
    expect(digests[1]).toBe(digests[0]);
    const file = await asyncBufferFromFile(join(folder, 'first.parquet'));
    expect((await parquetMetadataAsync(file)).row_groups.length).toBeGreaterThanOrEqual(2);
    const ids = (await parquetReadObjects({ file, columns: ['id'] })).map(({ id }) => String(id));
    expect(ids.join()).toBe(many.map(([id]) => id).join());
  });

  it('is not written from a value that its column can not hold, and the error does not quote the value', async () => {
    const wrong = [['12.secret', ...empty.slice(1)]];
    await expect(write('wrong', wrong)).rejects.toThrow(/^the Parquet file could not be written: /);
    await expect(write('wrong', wrong)).rejects.not.toThrow(/secret/);
  });

  it('is written by a process that wrote another one before, and by a new one where that has died', async () => {
    await write('before', [empty]);
    const [first, ...others] = writers();
    expect(others).toEqual([]);
    await write('after', [empty]);
    expect(writers()).toEqual([first]);
    process.kill(first!, 'SIGKILL');
    await write('anew', [empty]);
    expect(writers()).not.toContain(first);
    expect(writers()).toHaveLength(1);
  });

  it('fails for now where the process is killed in the midst of it', async () => {
    const target = join(folder, 'killed.parquet');
    const work = writeParquet({ source: join(folder, 'first.csv'), target, temporary: folder }, columns, new AbortController().signal);
    setTimeout(() => writers().forEach((pid) => process.kill(pid, 'SIGKILL')), 100);
    // A process that had waited is taken for dead before, so a second one is tried.
    const killAgain = setInterval(() => writers().forEach((pid) => process.kill(pid, 'SIGKILL')), 20);
    await expect(work).rejects.toMatchObject({ type: 'unavailable', message: expect.stringMatching(/killed by SIGKILL/) as unknown });
    clearInterval(killAgain);
  });

  it('is not written on when it is cancelled', async () => {
    const cancelled = new AbortController();
    const target = join(folder, 'cancelled.parquet');
    const work = writeParquet({ source: join(folder, 'first.csv'), target, temporary: folder }, columns, cancelled.signal);
    setTimeout(() => cancelled.abort(new Error('enough')), 100);
    await expect(work).rejects.toThrow('enough');
  });
});
