import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { gamesFile } from '../../kill/lab/files.js';
import { actualBus, compileEastrock, expectedBus } from '../../support/mart-warehouse.js';
import { freshPrefix, warehouses } from '../../support/servers/servers.js';
import { WarehouseChain } from '../../support/warehouse-chain.js';

describe.each(warehouses)('a refresh after a large load on $name', ({ url }) => {
  let folder: string;
  let chain: WarehouseChain;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-first-'));
    chain = new WarehouseChain({ url, prefix: freshPrefix(), pipeline: await compileEastrock(), sourceUrl: `file://${folder}` });
    await chain.migrate();
  });
  afterAll(async () => {
    await chain.close();
    await rm(folder, { recursive: true });
  });

  const modeAfter = async (content: string) => {
    await writeFile(join(folder, 'games.csv'), content);
    await chain.pickup('games');
    await chain.process('games');
    return (await chain.refresh(false, 100))['bus.total_games'];
  };

  it('computes everything where most is new, and else only what changed', async () => {
    await chain.refresh();
    expect(await modeAfter(gamesFile(1, 150))).toBe('rebuilt');
    // The same again is a large delivery of nothing new.
    expect(await modeAfter(gamesFile(1, 150))).toBe('incremental');
    expect(await modeAfter(gamesFile(151, 60))).toBe('incremental');
    expect(await modeAfter(gamesFile(1_001, 600))).toBe('rebuilt');
    expect(await modeAfter(gamesFile(2_001, 50))).toBe('incremental');
    const expected = await expectedBus(chain.warehouse);
    expect(await actualBus(chain.warehouse, Object.keys(expected))).toEqual(expected);
  });
});
