import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Warehouse } from '../../src/engine/warehouse.js';
import { compileEastrock, migratedWarehouse } from '../support/mart-warehouse.js';
import { warehouses } from '../support/servers/servers.js';
import { documents, fencedBlocks } from './documents.js';

const blocks = documents
  .filter(({ path }) => /^docs\/how-to\/(operate|trouble)\//.test(path))
  .flatMap((page) => fencedBlocks(page).map((block) => ({ ...block, path: page.path })))
  .filter(({ language }) => language === 'sql');

describe.each(warehouses)('the statements for operators on $name', ({ url }) => {
  let warehouse: Warehouse;

  beforeAll(async () => {
    warehouse = await migratedWarehouse(url, await compileEastrock());
  });
  afterAll(() => warehouse.close());

  it.each(blocks.map(({ path, name, text }) => [path, name, text] as const))('run: %s, %s', async (_path, _name, sql) => {
    for (const statement of sql.trim().split(/;\n/)) await warehouse.execute(statement);
  });
});
