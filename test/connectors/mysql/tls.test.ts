import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import { ownWarehouse } from '../../support/servers/own-warehouse.js';
import { warehouses } from '../../support/servers/servers.js';

const settingsNamed = 'Check ssl-mode and ssl-ca in STRATA_MYSQL_URL';

/** What a first statement gives: the failure, or the cipher. */
async function tried(url: string): Promise<unknown> {
  const warehouse = openWarehouse({ url, prefix: '', connections: 1 });
  try {
    const [row] = await warehouse.query<{ Value: string }>("show session status like 'Ssl_cipher'");
    return row?.Value;
  } catch (error) {
    return error;
  } finally {
    await warehouse.close();
  }
}

describe('a warehouse with TLS', () => {
  // Of nobody but this test, signed by themselves, for `elsewhere.example`.
  const file = (name: string) => fileURLToPath(new URL(`./certificates/${name}`, import.meta.url));
  const own = encodeURIComponent(file('own.pem'));
  const other = encodeURIComponent(file('other.pem'));
  let server: { url: string; close(): Promise<void> };

  beforeAll(async () => {
    server = await ownWarehouse([`--ssl-cert=${file('own.pem')}`, `--ssl-key=${file('own.key')}`]);
  });
  afterAll(() => server?.close());

  it('is reached by whoever trusts its certificate', async () => {
    expect(await tried(`${server.url}?ssl-mode=VERIFY_CA&ssl-ca=${own}`)).toMatch(/\w+/);
    expect(await tried(`${server.url}?ssl-mode=REQUIRED`)).toMatch(/\w+/);
  });

  it('is misconfigured, not unavailable, to whoever does not', async () => {
    for (const query of ['VERIFY_CA', `VERIFY_CA&ssl-ca=${other}`]) {
      const failure = await tried(`${server.url}?ssl-mode=${query}`);
      expect(failure).toMatchObject({ type: 'misconfigured', message: expect.stringContaining(settingsNamed) });
      expect(String(failure)).toMatch(/no TLS: .*(certificate|signature)/);
      expect(String(failure)).not.toContain(new URL(server.url).password);
    }
  });

  it('is misconfigured where its certificate has another name', async () => {
    const url = server.url.replace('127.0.0.1', 'localhost');
    const failure = await tried(`${url}?ssl-mode=VERIFY_IDENTITY&ssl-ca=${own}`);
    expect(failure).toMatchObject({ type: 'misconfigured', message: expect.stringContaining(settingsNamed) });
    expect(String(failure)).toContain('localhost');
  });

  it('is unavailable where it goes away in the handshake', async () => {
    const { hostname, port } = new URL(server.url);
    const door = createServer((client) => {
      const behind = connect(Number(port), hostname);
      behind.on('data', (greeting) => client.write(greeting)).on('error', () => undefined);
      client
        .on('error', () => undefined)
        .once('data', () => {
          behind.destroy();
          client.destroy();
        });
    }).listen(0, '127.0.0.1');
    await once(door, 'listening');
    const at = server.url.replace(`:${port}`, `:${(door.address() as AddressInfo).port}`);
    const failure = await tried(`${at}?ssl-mode=VERIFY_CA&ssl-ca=${own}`);
    door.close();
    expect(failure).toMatchObject({ type: 'unavailable' });
  });
});

it('a warehouse without TLS is misconfigured where TLS is asked for', async () => {
  const isMariadb = warehouses.some(({ name }) => name === 'mariadb');
  const server = await ownWarehouse([isMariadb ? '--skip-ssl' : '--tls-version=']);
  try {
    const failure = await tried(`${server.url}?ssl-mode=REQUIRED`);
    expect(failure).toMatchObject({ type: 'misconfigured', message: expect.stringContaining(`the server has none. ${settingsNamed}`) });
  } finally {
    await server.close();
  }
});

it('authorities that are not there are misconfigured, and so is a password that is not percent-encoded', async () => {
  expect(() => openWarehouse({ url: 'mysql://u:secret@db?ssl-mode=VERIFY_CA&ssl-ca=/nowhere/ca.pem', prefix: '' })).toThrow(
    "/nowhere/ca.pem can't be read (ENOENT). Check ssl-ca in STRATA_MYSQL_URL",
  );
  for (const url of ['mysql://u:se%cret@db', 'mysql://u%:secret@db']) {
    expect(() => openWarehouse({ url, prefix: '' })).toThrow(/must be percent-encoded: write %25 for a %$/);
  }
});
