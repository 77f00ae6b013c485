import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { pythonPackages } from '../../../tools/programs/python-packages.js';
import { writeParquet } from '../../../src/connectors/parquet/write-parquet.js';
import { csvRow } from '../../../src/engine/exports/csv-row.js';

/** The first time it is installed, with pip. */
jest.setTimeout(900_000);

const columns = [
  { name: 'id', type: 'bigint not null' },
  { name: 'small', type: 'int null' },
  { name: 'huge', type: 'bigint unsigned null' },
  { name: 'price', type: 'decimal(15,4) null' },
  { name: 'is_sold', type: 'boolean null' },
  { name: 'day', type: 'date null' },
  { name: 'at', type: 'datetime(6) null' },
  { name: 'share', type: 'double null' },
  { name: 'name', type: 'mediumtext null' },
];
const rows = [
  [
    '9223372036854775807',
    '-1',
    '18446744073709551615',
    '12345678901.2345',
    '1',
    '9999-12-31',
    '2020-06-22 08:15:00.123456',
    '0.1',
    'é,"🦉"',
  ],
  ['2', null, null, null, null, null, null, null, ''],
  ['3', null, null, null, null, null, null, null, null],
];
const script = `
import json, sys
import pyarrow.parquet as pq
table = pq.read_table(sys.argv[1])
text = lambda value: None if value is None else str(value)
print(json.dumps({
  'types': [[field.name, str(field.type), field.nullable] for field in table.schema],
  'rows': [[text(value) for value in row.values()] for row in table.to_pylist()],
}))`;

let folder: string;
let python: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-pyarrow-'));
  python = join(await pythonPackages('pyarrow-26.0.1', { packages: ['pyarrow==26.0.1'], say: () => undefined }), 'bin', 'python');
});
afterAll(() => rm(folder, { recursive: true }));

it('a Parquet file is read by PyArrow, and so by pandas and Spark, with the types and values that were written', async () => {
  const [source, target] = [join(folder, 'rows.csv'), join(folder, 'rows.parquet')];
  await writeFile(source, rows.map(csvRow).join(''));
  await writeParquet({ source, target, temporary: folder }, columns, new AbortController().signal);
  expect(JSON.parse(execFileSync(python, ['-c', script, target]).toString())).toEqual({
    types: [
      ['id', 'int64', true],
      ['small', 'int32', true],
      ['huge', 'decimal128(20, 0)', true],
      ['price', 'decimal128(15, 4)', true],
      ['is_sold', 'bool', true],
      ['day', 'date32[day]', true],
      ['at', 'timestamp[us, tz=UTC]', true],
      ['share', 'double', true],
      ['name', 'string', true],
    ],
    rows: [
      [
        '9223372036854775807',
        '-1',
        '18446744073709551615',
        '12345678901.2345',
        'True',
        '9999-12-31',
        '2020-06-22 08:15:00.123456+00:00',
        '0.1',
        'é,"🦉"',
      ],
      ['2', null, null, null, null, null, null, null, ''],
      ['3', null, null, null, null, null, null, null, null],
    ],
  });
});
