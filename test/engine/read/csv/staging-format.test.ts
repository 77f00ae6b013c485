import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { compileContract } from '../../../../src/engine/read/contract.js';
import { ObjectScan } from '../../../../src/engine/read/object-scan.js';
import { leadingColumns, stagingFormat } from '../../../../src/engine/read/staging-format.js';
import { freshPrefix, warehouses } from '../../../support/servers/servers.js';
import { pieces, textFeed } from './scan-driver.js';

const feed = textFeed(3);
const contract = compileContract(feed);
const columns = [...leadingColumns, ...feed.columns.map((column) => column.name)];
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

describe.each(warehouses)('staging format on $name', ({ url }) => {
  const schema = `${freshPrefix()}scan`;
  const table = `${schema}.texts`;
  let connection: Connection;

  beforeAll(async () => {
    connection = await createConnection({ uri: url, charset: 'utf8mb4_bin', flags: ['+LOCAL_FILES'] });
    await connection.query(`create database ${schema}`);
    const texts = feed.columns.map(({ name }) => `${name} mediumtext character set utf8mb4 collate utf8mb4_bin null`).join(', ');
    await connection.query(`create table ${table} (id int unsigned not null auto_increment primary key,
      row_offset bigint unsigned not null, line_number bigint unsigned not null, padded boolean not null, ${texts})`);
  });

  afterAll(async () => {
    await connection.query(`drop database if exists ${schema}`);
    await connection.end();
  });

  /** Loads the rows as a landing would and returns them as the server has them. */
  async function roundTrip(rows: readonly (readonly string[])[]): Promise<string[][]> {
    const file = Buffer.from(
      `${feed.columns.map((column) => column.header).join()}\n${rows.map((row) => row.map(quoted).join()).join('\r\n')}`,
    );
    const scan = new ObjectScan(contract, Readable.from(pieces(file, [1000])));
    expect(await scan.readHeader()).toMatchObject({ kind: 'ok' });
    await connection.query(`delete from ${table}`);
    const chunk = scan.chunk({ bytes: Infinity, rejectBytes: Infinity });
    await connection.query({
      sql: `load data local infile 'rows' into table ${table} ${stagingFormat} (${columns.join(', ')})`,
      infileStreamFactory: () => Readable.from(chunk.lines()),
    });
    const [warnings] = await connection.query<RowDataPacket[]>('show warnings');
    expect(warnings).toEqual([]);
    expect(chunk.rejects).toEqual([]);
    const [loaded] = await connection.query<RowDataPacket[]>(`select * from ${table} order by id`);
    expect(loaded).toHaveLength(chunk.rows);
    let offset = file.indexOf('\n') + 1;
    let line = 2;
    rows.forEach((row, i) => {
      const text = row.map(quoted).join();
      expect(loaded[i]).toMatchObject({
        row_offset: offset,
        line_number: line,
        padded: row.some((value) => /^[ \t\r\n]|[ \t\r\n]$/.test(value)) ? 1 : 0,
      });
      offset += Buffer.byteLength(text) + 2;
      line += text.split('\n').length;
    });
    return loaded.map((row) => feed.columns.map(({ name }) => row[name] as string));
  }

  it('brings back every ASCII character, NULL words, escapes and long texts exactly as they were, without a warning', async () => {
    const ascii = Array.from({ length: 127 }, (_, i) => String.fromCharCode(i + 1));
    const words = [
      '\\N',
      'NULL',
      '\\',
      '\\\\',
      '\\n',
      '\\0',
      '',
      ' ',
      '\n',
      '\r\n',
      '\r',
      ',',
      '"',
      '""',
      "'",
      '\x1a',
      '\\,',
      'a,b\nc',
      '#',
      '--',
      'x'.repeat(200_000),
    ];
    const rows = [...ascii, ...words].map((text, i) => [text, `${i}${text}`, `${text}${text}x`]);
    expect(await roundTrip(rows)).toEqual(rows);
  });

  it('brings back any Unicode text', async () => {
    const text = fc.string({
      unit: fc.oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), fc.constantFrom('\\', ',', '\n', '"', 'N', '\r')),
      maxLength: 8,
    });
    const plain = text.filter((value) => !value.includes('\0') && Buffer.from(value).toString() === value);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(plain, plain, plain), { minLength: 1, maxLength: 60 }), async (rows) => {
        expect(await roundTrip(rows)).toEqual(rows);
      }),
      { numRuns: 30 },
    );
  });
});
