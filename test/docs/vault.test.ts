import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compileEastrock } from '../support/mart-warehouse.js';
import { freshPrefix, warehouse as server } from '../support/servers/servers.js';
import { WarehouseChain } from '../support/warehouse-chain.js';
import { documentAt, fencedBlocks } from './documents.js';

const users = 'UserID,UserName,SignUpDate,Country\n';
const games = 'GameID,UserID,GameType,PlayDate,Duration\n';
/** Deliveries one after the other: values that change, come back and come late. */
const deliveries = [
  { feed: 'users', text: `${users}1,Ada,1/1/2024,Spain\n2,Bo,2/1/2024,\n` },
  { feed: 'games', text: `${games}5,1,Poker,1/2/2024,10\n5,3,Poker,1/2/2024,20\n` },
  { feed: 'users', text: `${users}1,Ada,1/1/2024,Latvia\n2,Bob,2/1/2024,\n` },
  { feed: 'games', text: `${games}5,1,Slots,1/2/2024,11\n` },
  { feed: 'users', text: `${users}1,Ada,1/1/2024,Spain\n` },
] as const;

describe('the selects of docs/how-to/operate/rebuild-bulk.md', () => {
  const blocks = fencedBlocks(documentAt('docs/how-to/operate/rebuild-bulk.md')).filter(({ language }) => language === 'sql');
  let folder: string;
  let chain: WarehouseChain;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-vault-'));
    chain = new WarehouseChain({
      url: server.url,
      prefix: freshPrefix(),
      pipeline: await compileEastrock(),
      sourceUrl: `file://${folder}`,
    });
    await chain.migrate();
    for (const { feed, text } of deliveries) {
      await writeFile(join(folder, `${feed}.csv`), text);
      await sleep(2_100);
      await chain.pickup(feed);
      await chain.process(feed);
      await chain.loadVault();
    }
  });
  afterAll(async () => {
    await chain.close();
    await rm(folder, { recursive: true });
  });

  it.each(blocks.map(({ name, text }) => [name, text] as const))('give bulk.%s out of the vault', async (entity, sql) => {
    const rebuilt = await chain.warehouse.query(sql);
    const columns = Object.keys(rebuilt[0] ?? {}).join(', ');
    const held = await chain.warehouse.query(`select ${columns} from bulk.${entity}`);
    const sorted = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).sort();
    expect(sorted(rebuilt)).toEqual(sorted(held));
    expect(held.length).toBeGreaterThan(1);
  });
});
