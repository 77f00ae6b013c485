import { describe, expect, it } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { dropPrefix, freshPrefix, objectStore, temporal, warehouses } from './servers.js';

describe.each(warehouses)('the test warehouse on $name', ({ name, url }) => {
  it('is the product that its name says, speaks utf8mb4 and takes LOAD DATA LOCAL', async () => {
    const connection = await createConnection({ uri: url, rowsAsArray: true });
    const [rows] = await connection.query('select version(), @@character_set_server, @@local_infile');
    await connection.end();
    const [version, characters, localInfile] = (rows as [string, string, number][])[0]!;
    expect(/mariadb/i.test(version)).toBe(name === 'mariadb');
    expect([characters, localInfile]).toEqual(['utf8mb4', 1]);
  });

  it('drops the databases of a prefix and no others', async () => {
    const [mine, other] = [freshPrefix(), freshPrefix()];
    const connection = await createConnection({ uri: url, rowsAsArray: true });
    await connection.query(`create database ${mine}bulk`);
    await connection.query(`create database ${other}bulk`);
    await dropPrefix(mine);
    const [rows] = await connection.query('select schema_name from information_schema.schemata where schema_name in (?)', [
      [`${mine}bulk`, `${other}bulk`],
    ]);
    await connection.end();
    expect(rows).toEqual([[`${other}bulk`]]);
  });
});

describe('the other test servers', () => {
  it('are an S3 server and a Temporal server on this machine', () => {
    expect(objectStore.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(temporal.address).toMatch(/^127\.0\.0\.1:\d+$/);
  });
});
