import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { tlsRisk } from '../../../src/connectors/mysql/public-key.js';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import { freshPrefix, warehouses } from '../../support/servers/servers.js';

const { publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const packet = (sequence: number, ...parts: (string | number | Buffer)[]) => {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : Buffer.from(part))));
  const head = Buffer.from([0, 0, 0, sequence]);
  head.writeUIntLE(body.length, 0, 3);
  return Buffer.concat([head, body]);
};
const scramble = 'abcdefgh12345678wxyz';
/** Of MySQL 9: protocol 41, secure connection, authentication plugins. */
const greeting = (plugin: string) =>
  packet(
    0,
    10,
    '9.0.0\0',
    Buffer.from([1, 0, 0, 0]),
    scramble.slice(0, 8),
    0,
    Buffer.from([0x00, 0x82, 255, 2, 0, 0x08, 0x00, 21]),
    Buffer.alloc(10),
    scramble.slice(8),
    0,
    `${plugin}\0`,
  );

/** Stands in for a server, and asks for the password under a key of its own. What it got after that is the password. */
async function standIn(plugin: 'caching_sha2_password' | 'sha256_password') {
  const got: Buffer[] = [];
  let keySent = false;
  const server = createServer((client) => {
    client.on('error', () => undefined);
    client.write(greeting(plugin));
    let step = 0;
    client.on('data', (bytes) => {
      if (keySent) got.push(bytes);
      step += 1;
      if (step === 1) client.write(packet(2, 0xfe, `${plugin}\0${scramble}\0`));
      if (plugin === 'caching_sha2_password' && step === 2) client.write(packet(4, 1, 4));
      if (step === (plugin === 'caching_sha2_password' ? 3 : 2)) {
        keySent = true;
        client.write(packet(plugin === 'caching_sha2_password' ? 6 : 4, 1, publicKey));
      }
      if (keySent && got.length > 0) client.destroy();
    });
  }).listen(0, '0.0.0.0');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, got, wasAsked: () => keySent, close: () => server.close() };
}

async function tried(url: string): Promise<unknown> {
  const warehouse = openWarehouse({ url, prefix: '', connections: 1 });
  try {
    return await warehouse.query('select 1 as one');
  } catch (error) {
    return error;
  } finally {
    await warehouse.close();
  }
}

describe.each(['caching_sha2_password', 'sha256_password'] as const)('a stand-in for the server that asks by %s', (plugin) => {
  it('gets no password without TLS', async () => {
    const rogue = await standIn(plugin);
    const failure = await tried(`mysql://u:WRKpwPLANT22@0.0.0.0:${rogue.port}`);
    expect(failure).toMatchObject({
      type: 'misconfigured',
      message: expect.stringMatching(/ssl-mode=VERIFY_CA.*allow-public-key-retrieval=true/),
    });
    expect(rogue.wasAsked()).toBe(true);
    expect(rogue.got).toEqual([]);
    rogue.close();
  });

  it.each(['127.0.0.1:PORT', '0.0.0.0:PORT?allow-public-key-retrieval=true'])('is taken for the server at %s', async (address) => {
    const rogue = await standIn(plugin);
    expect(await tried(`mysql://u:p@${address.replace('PORT', String(rogue.port))}`)).toMatchObject({ type: 'unavailable' });
    expect(rogue.got.length).toBeGreaterThan(0);
    rogue.close();
  });
});

// Of MySQL alone, where one is tested on.
for (const { name, url } of warehouses.filter((server) => server.name === 'mysql')) {
  it(`an account of ${name} is asked for its key no more once the server remembers it`, async () => {
    const user = `${freshPrefix()}key`;
    const administrator = openWarehouse({ url, prefix: '' });
    await administrator.execute(`create user '${user}'@'%' identified with caching_sha2_password by 'p'`);
    try {
      const address = `mysql://${user}:p@0.0.0.0:${new URL(url).port}`;
      expect(await tried(address)).toMatchObject({ type: 'misconfigured' });
      expect(await tried(`${address}?allow-public-key-retrieval=true`)).toEqual([{ one: 1 }]);
      expect(await tried(address)).toEqual([{ one: 1 }]);
    } finally {
      await administrator.execute(`drop user '${user}'@'%'`);
      await administrator.close();
    }
  });
}

it('says where nobody checks who the server is', () => {
  for (const url of [
    'mysql://u@localhost',
    'mysql://u@127.1.2.3:1',
    'mysql://u@[::1]:3306',
    'mysql://u@db?ssl-mode=VERIFY_CA',
    'mysql://u@db?ssl-mode=verify_identity',
  ])
    expect(tlsRisk(url)).toBeUndefined();
  expect(tlsRisk('mysql://u@db?ssl-mode=REQUIRED')).toMatch(/^nobody checks.*ssl-mode=VERIFY_CA/);
  for (const url of ['mysql://u@db', 'mysql://u@10.0.0.1', 'mysql://u@127.0.0.1.example'])
    expect(tlsRisk(url)).toMatch(/^rows travel unencrypted/);
});
