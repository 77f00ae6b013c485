import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { splitParquet } from '../../../src/connectors/parquet/split-parquet.js';
import { writeParquet } from '../../../src/connectors/parquet/write-parquet.js';
import { csvRow } from '../../../src/engine/exports/csv-row.js';

const columns = [
  { name: 'id', type: 'bigint not null' },
  { name: 'name', type: 'mediumtext null' },
  { name: 'at', type: 'datetime(6) null' },
];
const never = new AbortController().signal;
/** Text that packs badly: so parts differ by their rows. */
const nameOf = (id: number) => createHash('sha256').update(String(id)).digest('base64');

let folder: string;
let writes = 0;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'strata-split-'))));
afterAll(() => rm(folder, { recursive: true }));

async function csvOf(rows: number): Promise<{ readonly source: string; readonly folder: string }> {
  const own = await mkdtemp(join(folder, 'work-'));
  const source = join(own, `rows-${(writes += 1)}.csv`);
  const lines = Array.from({ length: rows }, (_, id) => csvRow([`${id}`, id % 7 === 0 ? null : nameOf(id), '2020-06-22 08:15:00.123456']));
  await writeFile(source, lines.join(''));
  return { source, folder: own };
}

async function split(rows: number, limit: number) {
  const files = await splitParquet({ ...(await csvOf(rows)), limit }, columns, never);
  const parts = [];
  for (const file of files) {
    const buffer = await asyncBufferFromFile(file);
    const { row_groups } = await parquetMetadataAsync(buffer);
    const read = await parquetReadObjects({ file: buffer, columns: ['id', 'name'] });
    parts.push({
      bytes: (await stat(file)).size,
      groups: row_groups.length,
      ids: read.map(({ id }) => Number(id)),
      names: read.map(({ name }) => name as string | null),
      digest: createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    });
  }
  return parts;
}

describe('Parquet in parts', () => {
  it('has all rows in their order, in parts of at most the limit', async () => {
    const parts = await split(40_000, 400_000);
    expect(parts.length).toBeGreaterThan(4);
    expect(parts.flatMap(({ ids }) => ids)).toEqual(Array.from({ length: 40_000 }, (_, id) => id));
    expect(parts.flatMap(({ names }) => names)).toEqual(Array.from({ length: 40_000 }, (_, id) => (id % 7 === 0 ? null : nameOf(id))));
    expect(parts.filter(({ bytes }) => bytes > 400_000)).toEqual([]);
    // All but the last are well filled.
    expect(parts.slice(0, -1).filter(({ bytes }) => bytes < 160_000)).toEqual([]);
  });

  it('has the same bytes for the same rows', async () => {
    const [one, other] = [await split(20_000, 200_000), await split(20_000, 200_000)];
    expect(one.map(({ digest }) => digest)).toEqual(other.map(({ digest }) => digest));
  });

  it('is cut between row groups of 122,880 rows, or a few more, where a part holds several', async () => {
    const limit = 11_300_000;
    const parts = await split(300_000, limit);
    expect(parts.map(({ groups }) => groups)).toEqual([2, 1]);
    // DuckDB ends a row group with the block of at most 2,048 rows in which it has enough.
    expect(parts[0]!.ids.length).toBeGreaterThanOrEqual(2 * 122_880);
    expect(parts[0]!.ids.length).toBeLessThan(2 * (122_880 + 2_048));
    expect(parts.flatMap(({ ids }) => ids)).toEqual(Array.from({ length: 300_000 }, (_, id) => id));
    expect(parts.every(({ bytes }) => bytes <= limit)).toBe(true);
  });

  it('is one file, of the bytes that an export in one file has, where all rows fit into a part', async () => {
    const { source, folder: own } = await csvOf(5_000);
    const target = join(own, 'whole.parquet');
    await writeParquet({ source, target, temporary: own }, columns, never);
    const { size } = await stat(target);
    const digest = createHash('sha256')
      .update(await readFile(target))
      .digest('hex');
    // A little more than all of it: the first cut, which leaves some room, is undone.
    for (const limit of [1_000_000_000, size + 2_000]) {
      const parts = await split(5_000, limit);
      expect(parts.map((part) => part.digest)).toEqual([digest]);
    }
    expect((await split(5_000, size - 1)).length).toBeGreaterThan(1);
  });

  it('has no part without rows where the last row group fills one', async () => {
    const parts = await split(3 * 2_048, 1_000);
    // A row group of 2,048 rows is not cut, however small the limit is.
    expect(parts.map(({ ids }) => ids.length)).toEqual([2_048, 2_048, 2_048]);
  });
});
