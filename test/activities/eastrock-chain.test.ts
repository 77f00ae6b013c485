import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compilePipeline } from '../../src/engine/compiled-pipeline.js';
import { loadPipelines } from '../../src/config/load-pipelines.js';
import { freshPrefix, warehouses } from '../support/servers/servers.js';
import { WarehouseChain } from '../support/warehouse-chain.js';
import { visibleFiles } from '../support/visible-files.js';

describe.each(warehouses)('files in a folder become rows of staging and bulk on $name', ({ url }) => {
  let folder: string;
  let chain: WarehouseChain;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-chain-'));
    const [eastrock] = await loadPipelines('eastrock');
    const pipeline = compilePipeline(eastrock!.definition, eastrock!.sqlFiles);
    chain = new WarehouseChain({ url, prefix: freshPrefix(), pipeline, sourceUrl: `file://${folder}`, chunkBytes: 200 });
    const changes = await chain.migrate();
    expect(changes.length).toBeGreaterThan(10);
  });
  afterAll(async () => {
    await chain.close();
    await rm(folder, { recursive: true });
  });

  it('migrates a second time without a change', async () => {
    expect(await chain.migrate()).toEqual([]);
  });

  it('lands rows in chunks, keeps bad ones aside and deletes the file', async () => {
    const rows = Array.from({ length: 50 }, (_, i) => `${i + 1},${(i % 7) + 1},"Po,k""er\\\n${i % 3}", 0${(i % 9) + 1}/1/2024 ,${i}`);
    const file = join(folder, 'games.csv');
    await writeFile(file, `GameID,UserID,GameType,PlayDate,Duration\n${rows.join('\n')}\nx,1,Poker,31/02/2024,5\n\n1,1\n`);
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    expect(await chain.pickup('games')).toEqual([
      { outcome: 'staged', rowsStaged: 50, rowsQuarantined: 2, bytes: expect.any(Number), object: expect.stringMatching(/games\.csv$/) },
    ]);
    expect(existsSync(file)).toBe(false);
    expect(await chain.warehouse.query('select line_number, reasons from gear.quarantine order by line_number')).toEqual([
      { line_number: 102, reasons: 'bad_key,bad_date' },
      { line_number: 104, reasons: 'wrong_column_count' },
    ]);
    const result = await chain.process('games');
    expect(result).toMatchObject({ batch: 1, loads: 1, inserted: 50, updated: 0, unchanged: 0, superseded: 0, outdated: 0, more: false });
    const [row] = await chain.warehouse.query('select game_id, user_id, game_type, play_date, duration from bulk.games where game_id = 3');
    expect(row).toEqual({ game_id: 3, user_id: 3, game_type: 'Po,k"er\\\n2', play_date: '2024-01-03', duration: 2 });
    expect(await chain.prune('games')).toBe(50);
    expect(await chain.process('games')).toMatchObject({ batch: null });
  });

  it('counts what became of every row, whatever the order of deliveries', async () => {
    const write = async (name: string, text: string, seconds: number) => {
      const file = join(folder, name);
      await writeFile(file, `GameID,UserID,GameType,PlayDate,Duration\n${text}`);
      await utimes(file, new Date(seconds * 1000), new Date(seconds * 1000));
    };
    await write('games_b.csv', '900,1,Slots,1/1/2024,5\n901,1,Slots,1/1/2024,5\n', 1_700_000_200);
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    await chain.pickup('games');
    await chain.process('games');
    await write('games_a.csv', '900,1,Poker,1/1/2024,7\n902,1,Poker,1/1/2024,7\n', 1_700_000_100);
    await write('games_c.csv', '900,1,Slots,1/1/2024,6\n900,1,Slots,1/1/2024,8\n901,1,Slots,1/1/2024,5\n', 1_700_000_300);
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    await chain.pickup('games');
    expect(await chain.process('games')).toMatchObject({ loads: 2, inserted: 1, updated: 1, unchanged: 1, superseded: 1, outdated: 1 });
    expect(
      await chain.warehouse.query('select game_id, game_type, duration from bulk.games where game_id >= 900 order by game_id'),
    ).toEqual([
      { game_id: 900, game_type: 'Slots', duration: 8 },
      { game_id: 901, game_type: 'Slots', duration: 5 },
      { game_id: 902, game_type: 'Poker', duration: 7 },
    ]);
    expect(await visibleFiles(folder)).toEqual([]);
  });

  it('releases what a backfill of the source itself loaded and left there', async () => {
    const file = join(folder, 'games.csv');
    await writeFile(file, 'GameID,UserID,GameType,PlayDate,Duration\n950,1,Slots,1/1/2024,5\n');
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    expect(await chain.backfill('games')).toMatchObject([{ outcome: 'staged', rowsStaged: 1 }]);
    expect(await chain.backfill('games')).toEqual([]);
    expect(existsSync(file)).toBe(true);
    expect(await chain.process('games')).toMatchObject({ inserted: 1 });
    expect(await chain.pickup('games')).toMatchObject([{ outcome: 'staged', rowsStaged: 1 }]);
    expect(existsSync(file)).toBe(false);
    expect(await chain.process('games')).toMatchObject({ inserted: 0, updated: 0, unchanged: 1, outdated: 0 });
    expect(await chain.pickup('games')).toEqual([]);
  });
});
