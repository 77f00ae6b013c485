import { chown, copyFile, chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';
import { openSnapshot } from '../../../src/connectors/postgres/snapshot.js';
import { StrataError } from '../../../src/engine/strata-error.js';
import type { Postgres } from '../../../tools/servers/postgres.js';
import { connectPostgres, ownPostgres } from '../../support/servers/own-postgres.js';

// Of nobody but tests, signed by themselves, for `elsewhere.example`.
const file = (name: string) => fileURLToPath(new URL(`../mysql/certificates/${name}`, import.meta.url));
const own = encodeURIComponent(file('own.pem'));
const other = encodeURIComponent(file('other.pem'));

let server: Postgres;
beforeAll(async () => {
  server = await ownPostgres();
  for (const name of ['own.pem', 'own.key']) {
    const copy = join(server.data, name);
    await copyFile(file(name), copy);
    await chmod(copy, 0o600);
    if (process.getuid?.() === 0) await chown(copy, 65_534, 65_534);
  }
  const client = await connectPostgres(server.url);
  for (const setting of ["ssl_cert_file = 'own.pem'", "ssl_key_file = 'own.key'", 'ssl = on'])
    await client.query(`alter system set ${setting}`);
  await client.query('select pg_reload_conf()');
  await client.end();
  while ((await tried('sslmode=require')) !== 't');
});

/** Whether the connection has TLS, or why there is none. */
async function tried(query: string, host = '127.0.0.1'): Promise<unknown> {
  const url = `${server.url.replace('127.0.0.1', host)}?${query}`;
  try {
    const snapshot = await openSnapshot({ url, setting: 'SHOP_URL', schema: 'public' }, new AbortController().signal);
    let text = '';
    for await (const piece of snapshot.copy('select ssl from pg_stat_ssl where pid = pg_backend_pid()', 'pg_stat_ssl'))
      text += piece.toString();
    await snapshot.close();
    return text.trim();
  } catch (error) {
    expect(String(error)).not.toContain(new URL(server.url).password);
    return error;
  }
}

test('a server with TLS is reached as sslmode says', async () => {
  for (const [query, found] of [
    ['sslmode=disable', 'f'],
    ['sslmode=allow', 'f'],
    ['sslmode=prefer', 't'],
    ['', 't'],
    ['sslmode=require', 't'],
    [`sslmode=verify-ca&sslrootcert=${own}`, 't'],
  ] as const)
    expect([query, await tried(query)]).toEqual([query, found]);
});

test('a certificate that is not trusted, or has another name, is misconfigured', async () => {
  const refused = { type: 'misconfigured', message: expect.stringContaining('Check sslmode and sslrootcert in SHOP_URL') };
  expect(await tried('sslmode=verify-ca')).toMatchObject(refused);
  expect(await tried(`sslmode=verify-ca&sslrootcert=${other}`)).toMatchObject(refused);
  // As in libpq, a certificate of an authority is checked where there is one.
  expect(await tried(`sslmode=require&sslrootcert=${other}`)).toMatchObject(refused);
  expect(await tried(`sslmode=verify-full&sslrootcert=${own}`, 'localhost')).toMatchObject(refused);
  expect(await tried('sslmode=verify-full&sslrootcert=/nowhere.pem')).toMatchObject({ type: 'misconfigured' });
});

test('a server that wants TLS, or none, is reached by modes that allow both', async () => {
  const hba = join(server.data, 'pg_hba.conf');
  const before = await readFile(hba, 'utf8');
  try {
    for (const [kind, found, refused] of [
      ['hostssl', 't', 'disable'],
      ['hostnossl', 'f', 'require'],
    ] as const) {
      await writeFile(hba, before.replaceAll(/^host\s/gm, `${kind} `));
      expect(await server.run('pg_ctl', ['reload', '-D', server.data])).toMatchObject({ code: 0 });
      while (!((await tried(`sslmode=${refused}`)) instanceof StrataError));
      expect(await tried(`sslmode=${refused}`)).toMatchObject({ type: 'denied' });
      expect([kind, await tried('sslmode=allow'), await tried('sslmode=prefer')]).toEqual([kind, found, found]);
    }
  } finally {
    await writeFile(hba, before);
    await server.run('pg_ctl', ['reload', '-D', server.data]);
  }
});
