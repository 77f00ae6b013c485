import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FileStore } from '../../src/connectors/file/file-store.js';
import { compileEastrock } from '../support/mart-warehouse.js';
import { freshPrefix, warehouses } from '../support/servers.js';
import { WarehouseChain } from '../support/warehouse-chain.js';

describe.each(warehouses)('values on their way from a file to bulk on $name', ({ url }) => {
  let folder: string;
  let chain: WarehouseChain;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-values-'));
    chain = new WarehouseChain({
      url,
      prefix: freshPrefix(),
      pipeline: await compileEastrock(),
      sourceUrl: `file://${folder}`,
      openStore: (address) => new FileStore(fileURLToPath(address), 0),
    });
    await chain.migrate();
  });
  afterAll(async () => {
    await chain.close();
    await rm(folder, { recursive: true });
  });

  it('trims ASCII white space alone, also before a line separator of Unicode or a control character', async () => {
    const names = ['x \u2028', 'x \u2029', 'x \u0085', 'x \u000b', 'x \f', 'x\u00a0', '\u2028 x', '\u3000 x'];
    const rows = names.map((name, index) => `${index + 1},"\t ${name} \r\n",1/2/2024,Spain\n`);
    await writeFile(join(folder, 'users.csv'), `UserID,UserName,SignUpDate,Country\n${rows.join('')}`);
    await chain.pickup('users');
    await chain.process('users');
    const users = await chain.warehouse.query<{ user_name: string }>('select user_name from bulk.users order by user_id');
    expect(users.map(({ user_name }) => user_name)).toEqual(names);
  });
});
