import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Warehouse } from '../../src/engine/warehouse.js';
import { compileEastrock, migratedWarehouse } from '../support/mart-warehouse.js';
import { warehouses } from '../support/servers/servers.js';
import { documentAt, fencedBlocks } from './documents.js';

describe.each(warehouses)('the statements of docs/runbook.md on $name', ({ url }) => {
  const blocks = fencedBlocks(documentAt('docs/runbook.md')).filter(({ language }) => language === 'sql');
  let warehouse: Warehouse;

  beforeAll(async () => {
    warehouse = await migratedWarehouse(url, await compileEastrock());
  });
  afterAll(() => warehouse.close());

  it.each(blocks.map(({ name, text }) => [name, text] as const))('run: %s', async (_name, sql) => {
    await warehouse.execute(sql);
  });
});
