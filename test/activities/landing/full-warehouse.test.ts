import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { FileStore } from '../../../src/connectors/file/file-store.js';
import { probeRoom } from '../../../src/gear/probe-room.js';
import { gamesFile, gamesHeld } from '../../kill/lab/files.js';
import { compileEastrock } from '../../support/mart-warehouse.js';
import { warehouseOnDisk } from '../../support/servers/own-warehouse.js';
import { describeWithDisks } from '../../support/small-disk.js';
import { WarehouseChain } from '../../support/warehouse-chain.js';

const rows = 60_000;
/** Rows of which the server keeps most apart from the other columns. */
const [badRows, longRow] = [400, 50_000];
/** Whatever the number is under which the server says it: it waits, and names the disk. */
const full = { type: 'unavailable', message: expect.stringMatching(/ full.*disk|disk.* full/) as unknown };

describeWithDisks('a warehouse whose disk is full', () => {
  let server: Awaited<ReturnType<typeof warehouseOnDisk>>;
  let source: string;
  let chain: WarehouseChain;
  beforeAll(async () => {
    server = await warehouseOnDisk('450m', ['--innodb-log-file-size=8M']);
    source = await mkdtemp(join(tmpdir(), 'strata-full-'));
    const store = new FileStore(source, 0);
    const pipeline = await compileEastrock();
    chain = new WarehouseChain({
      url: server.url,
      prefix: '',
      pipeline,
      sourceUrl: store.url,
      openStore: () => store,
      chunkBytes: 200_000,
    });
    await chain.migrate();
    await chain.refresh();
  }, 240_000);
  afterAll(async () => {
    await chain.close();
    await server.close();
    await rm(source, { recursive: true });
  });

  /** Work that finds no room, twice, then finds it. */
  const untilThereIsRoom = async <Result>(work: () => Promise<Result>, meanwhile: () => Promise<void>): Promise<Result> => {
    await server.disk.fill();
    for (let attempt = 1; attempt <= 2; attempt += 1) await expect(work()).rejects.toMatchObject(full);
    await meanwhile();
    await server.disk.empty();
    return work();
  };
  const states = () => chain.warehouse.query('select state, source_state from gear.loads');
  const count = async (table: string) => Number((await chain.warehouse.query<{ n: number }>(`select count(*) as n from ${table}`))[0]?.n);

  it('keeps the file while its rows find no room, and has every row once when there is some', async () => {
    const file = join(source, 'games.csv');
    await writeFile(file, gamesFile(1, rows));
    const landed = await untilThereIsRoom(
      () => chain.pickup('games'),
      async () => {
        expect(existsSync(file)).toBe(true);
        expect(await states()).toEqual([{ state: 'claimed', source_state: 'present' }]);
        await expect(probeRoom(chain.warehouse)).rejects.toMatchObject(full);
      },
    );
    expect(landed).toMatchObject([{ outcome: 'staged', rowsStaged: rows, rowsQuarantined: 0 }]);
    expect(existsSync(file)).toBe(false);
    expect(await count('staging.games')).toBe(rows);

    const processed = await untilThereIsRoom(
      () => chain.process('games'),
      async () => {
        expect(await states()).toEqual([{ state: 'staged', source_state: 'deleted' }]);
        expect(await count('bulk.games')).toBe(0);
      },
    );
    expect(processed).toMatchObject({ inserted: rows });
    await untilThereIsRoom(
      () => chain.loadVault(),
      async () => expect(await count('vault.hub_game')).toBeLessThan(rows + 1),
    );
    await chain.refresh();
    expect(await gamesHeld(chain)).toEqual({ first: 1, last: rows, held: rows, minutes: String(rows) });
    await probeRoom(chain.warehouse);
  }, 300_000);

  it('keeps long rows in quarantine whole, and once, though MariaDB may end itself when they find no room', async () => {
    const long = Array.from({ length: badRows }, (_, row) => `x${row},${String(row % 10).repeat(longRow)}`);
    const file = join(source, 'games_long.csv');
    await writeFile(file, gamesFile(1, 1) + long.map((row) => `${row}\n`).join(''));
    await server.disk.fill();
    await expect(chain.pickup('games')).rejects.toMatchObject({ type: 'unavailable' });
    expect(existsSync(file)).toBe(true);
    await server.disk.empty();
    await server.crash();
    const [landed] = await chain.pickup('games');
    expect(landed).toMatchObject({ outcome: 'staged', rowsStaged: 1, rowsQuarantined: badRows });
    const kept = await chain.warehouse.query<{ raw: Buffer }>('select raw from gear.quarantine order by row_offset');
    expect(kept.map(({ raw }) => raw.toString())).toEqual(long);
  }, 300_000);
});
