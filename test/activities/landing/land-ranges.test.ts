import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LandPlan } from '../../../src/contracts/activities/landing.js';
import { claimObjects } from '../../../src/activities/pickup/claim-objects.js';
import type { LandDeps } from '../../../src/activities/landing/land-deps.js';
import { rangeBytesOf } from '../../../src/activities/landing/plan-landing.js';
import { FileStore } from '../../../src/connectors/file/file-store.js';
import { ObjectChangedError, StoreError, type ObjectStore } from '../../../src/engine/object-store.js';
import { land, plan as planOf, range as landRange } from '../../support/land.js';
import { compileEastrock } from '../../support/mart-warehouse.js';
import { freshPrefix, warehouses } from '../../support/servers/servers.js';
import { quietScope, WarehouseChain } from '../../support/warehouse-chain.js';

const header = 'GameID,UserID,GameType,PlayDate,Duration\n';
/** Bad rows, quoted line breaks and quotes that nobody closes, all over the file. */
const row = (id: number): string => {
  if (id % 97 === 0) return `${id},1,Slots,31/2/2024,1\n`;
  if (id % 89 === 0) return `${id},1,Sl"ots,1/1/2024,1\n`;
  if (id % 83 === 0) return `${id},1,"never closed,1/1/2024,1\n`;
  if (id % 7 === 0) return `${id},1,"Sl\n\nots ""${id}""",1/1/2024,1\r\n`;
  return `${id},1,Slots,1/1/2024,1\n`;
};
const rowsOf = (first: number, count: number) => Array.from({ length: count }, (_, i) => row(first + i)).join('');
const file = header + rowsOf(1, 2_000);
const stagedRows =
  'select row_offset, line_number, padded, game_id, user_id, game_type, play_date, duration from staging.games order by row_offset';
const rejects = 'select line_number, row_offset, row_bytes, reasons, raw from gear.quarantine order by row_offset';

describe('ranges of a file', () => {
  it('are none below twice the size, then a few of about equal size, never more than 64', () => {
    const mib = 1 << 20;
    expect([0, 15 * mib, 16 * mib - 1].map((size) => rangeBytesOf(size))).toEqual([undefined, undefined, undefined]);
    expect([16, 24, 35, 60, 64, 600, 5_000, 100_000].map((size) => Math.ceil((size * mib) / rangeBytesOf(size * mib)!))).toEqual([
      2, 3, 4, 4, 8, 64, 64, 64,
    ]);
  });
});

describe.each(warehouses)('a file that is landed in ranges on $name', ({ url }) => {
  let folder: string;
  let chain: WarehouseChain;
  let deps: LandDeps;
  let store: ObjectStore;
  let read: ObjectStore['read'];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-ranges-'));
    chain = new WarehouseChain({
      url,
      prefix: freshPrefix(),
      pipeline: await compileEastrock(),
      sourceUrl: `file://${folder}`,
      rangeBytes: 6_000,
      chunkBytes: 2_500,
      openStore: (address) => {
        store = new FileStore(fileURLToPath(address), 0);
        read = store.read.bind(store);
        return store;
      },
    });
    deps = chain.deps;
    await chain.migrate();
  });
  afterAll(async () => {
    await chain.close();
    await rm(folder, { recursive: true });
  });

  const query = (sql: string) => chain.warehouse.query(sql);
  const claim = async (content: string): Promise<number> => {
    await chain.reset();
    if (store) store.read = read;
    await writeFile(join(folder, 'games.csv'), content);
    await claimObjects(deps, { pipeline: 'eastrock', feed: 'games', source: { kind: 'feed' } }, quietScope);
    const [load] = await chain.warehouse.query<{ load_id: number }>('select load_id from gear.loads');
    return Number(load!.load_id);
  };
  const plan = async (loadId: number): Promise<LandPlan> => {
    const planned = await planOf(deps, loadId, quietScope);
    expect(planned.outcome).toBeNull();
    return planned;
  };
  /** What one stream lands. */
  const whole = async (content: string) => {
    const loadId = await claim(content);
    const result = await land({ ...deps, rangeBytes: 1e9 }, loadId, quietScope);
    return { result, rows: await query(stagedRows), rejects: await query(rejects) };
  };
  const held = async () => ({ rows: await query(stagedRows), rejects: await query(rejects) });

  it('holds the same rows and rejects, with the same lines, as one that is landed as one stream', async () => {
    const expected = await whole(file);
    expect(expected.rejects.length).toBeGreaterThan(50);
    const loadId = await claim(file);
    const { ranges } = await plan(loadId);
    expect(ranges.length).toBeGreaterThan(5);
    await Promise.all(ranges.map((range) => landRange(deps, loadId, range, quietScope)));
    expect(await land(deps, loadId, quietScope)).toEqual(expected.result);
    expect(await held()).toEqual({ rows: expected.rows, rejects: expected.rejects });
    expect(await query('select state, bytes_read, size_bytes, rows_staged, rows_quarantined from gear.loads')).toEqual([
      {
        state: 'staged',
        bytes_read: Buffer.byteLength(file),
        size_bytes: Buffer.byteLength(file),
        rows_staged: expected.rows.length,
        rows_quarantined: expected.rejects.length,
      },
    ]);
    expect(await query(`select count(*) as n from gear.load_chunks where state <> 'staged'`)).toEqual([{ n: 0 }]);
    expect(await query('select sum(rows_staged) as n from gear.load_chunks')).toEqual([{ n: String(expected.rows.length) }]);
  });

  it('goes on after what a range had committed when it died, and reads nothing beyond the range', async () => {
    const expected = await whole(file);
    const loadId = await claim(file);
    const { ranges } = await plan(loadId);
    const dying = ranges[1]!;
    const asked: { start: number; end?: number }[] = [];
    store.read = async (version, options) => {
      const stream = await read(version, options);
      asked.push({ start: options.start, ...(options.end === undefined ? {} : { end: options.end }) });
      return asked.length === 1 ? breaking(stream, 4_000) : stream;
    };
    await expect(landRange(deps, loadId, dying, quietScope)).rejects.toThrow();
    // It had committed some of its rows.
    const [left] = await chain.warehouse.query<{ state: string; start_offset: number; end_offset: number; rows_staged: number }>(
      `select state, start_offset, end_offset, rows_staged from gear.load_chunks where chunk_number = ${dying}`,
    );
    expect(left).toMatchObject({ state: 'planned' });
    expect(left!.rows_staged).toBeGreaterThan(0);
    expect((await plan(loadId)).ranges).toEqual(ranges);
    for (const range of ranges) await landRange(deps, loadId, range, quietScope);
    expect(asked.every(({ end }) => end !== undefined)).toBe(true);
    expect(asked.find(({ end }, i) => i > 0 && end === left!.end_offset)).toEqual({ start: left!.start_offset, end: left!.end_offset });
    expect(await land(deps, loadId, quietScope)).toEqual(expected.result);
    expect(await held()).toEqual({ rows: expected.rows, rejects: expected.rejects });
  });

  it('holds each row once when plan and ranges run several times at once', async () => {
    const expected = await whole(file);
    const loadId = await claim(file);
    const plans = await Promise.all([1, 2, 3].map(() => plan(loadId)));
    expect(plans[1]).toEqual(plans[0]);
    expect(plans[2]).toEqual(plans[0]);
    await Promise.all([1, 2].flatMap(() => plans[0]!.ranges.map((range) => retried(() => landRange(deps, loadId, range, quietScope)))));
    expect(await land(deps, loadId, quietScope)).toEqual(expected.result);
    expect(await held()).toEqual({ rows: expected.rows, rejects: expected.rejects });
  });

  it('leaves no row when it is replaced in the middle, and no range commits afterwards', async () => {
    const loadId = await claim(file);
    const { ranges } = await plan(loadId);
    await landRange(deps, loadId, ranges[0]!, quietScope);
    const late = ranges[3]!;
    let goOn = () => undefined as void;
    const dropped = new Promise<void>((resolve) => (goOn = resolve));
    store.read = async (version, options) => {
      const stream = await read(version, options);
      // Has its stream and is about to take its chunk's row when another range finds the object replaced.
      await dropped;
      return stream;
    };
    const standing = retried(() => landRange(deps, loadId, late, quietScope));
    await sleep(200);
    store.read = read;
    await writeFile(join(folder, 'games.csv'), header + rowsOf(10_000, 2_100));
    await landRange(deps, loadId, ranges[1]!, quietScope);
    goOn();
    expect(await standing).toMatchObject({ outcome: 'replaced' });
    expect(await Promise.all(ranges.map((range) => landRange(deps, loadId, range, quietScope)))).toMatchObject(
      ranges.map(() => ({ outcome: 'replaced' })),
    );
    expect(await land(deps, loadId, quietScope)).toMatchObject({ outcome: 'replaced', rowsStaged: 0, rowsQuarantined: 0, bytes: 0 });
    expect(await held()).toEqual({ rows: [], rejects: [] });
    expect(await query('select * from gear.load_chunks')).toEqual([]);
  });

  it('is gone as a whole when it vanishes while it is divided', async () => {
    const loadId = await claim(file);
    store.read = async (version) => {
      throw new ObjectChangedError('gone', version.key);
    };
    expect(await land(deps, loadId, quietScope)).toMatchObject({ outcome: 'gone', rowsStaged: 0 });
  });

  it('is restarted when the columns of its feed have changed since it was begun', async () => {
    const expected = await whole(file);
    for (const begun of ['["game_id","user_id","duration"]', '["game_id","user_id","game_type","play_date","minutes"]']) {
      const loadId = await claim(file);
      const { ranges } = await plan(loadId);
      await landRange(deps, loadId, ranges[0]!, quietScope);
      await chain.warehouse.execute('update gear.loads set header = ?', [begun]);
      let opened = 0;
      store.read = (version, options) => {
        opened += 1;
        return read(version, options);
      };
      // As the workflow does it: the other ranges of the plan, at once, and then it asks what is left.
      const late = await Promise.all(ranges.map((range) => landRange(deps, loadId, range, quietScope)));
      expect(late.every(({ outcome }) => outcome === null)).toBe(true);
      expect(opened).toBe(0);
      expect(await held()).toEqual({ rows: [], rejects: [] });
      expect(await chain.land(loadId)).toEqual(expected.result);
      expect(await held()).toEqual({ rows: expected.rows, rejects: expected.rejects });
    }
  });

  it('is refused when its header is none of the feed', async () => {
    const loadId = await claim(file.replace('GameID', 'Game'));
    expect(await land(deps, loadId, quietScope)).toMatchObject({ outcome: 'refused' });
  });

  it('finishes as one stream what was begun as one', async () => {
    const expected = await whole(file);
    const loadId = await claim(file);
    let reads = 0;
    store.read = async (version, options) => {
      const stream = await read(version, options);
      return ++reads === 1 ? breaking(stream, 10_000) : stream;
    };
    await expect(land({ ...deps, rangeBytes: 1e9 }, loadId, quietScope)).rejects.toThrow();
    expect(await query('select count(*) > 1 as begun from gear.load_chunks')).toEqual([{ begun: 1 }]);
    expect(await land(deps, loadId, quietScope)).toEqual(expected.result);
    expect(await held()).toEqual({ rows: expected.rows, rejects: expected.rejects });
  });
});

/** The stream until its connection breaks. */
function breaking(stream: Readable, afterBytes: number): Readable {
  async function* bytes(): AsyncGenerator<Buffer> {
    let sent = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      for (let at = 0; at < chunk.length; at += 1_000) {
        if (sent >= afterBytes) throw new StoreError('unavailable', 'the connection broke');
        yield chunk.subarray(at, at + 1_000);
        sent += 1_000;
      }
    }
  }
  return Readable.from(bytes(), { objectMode: false, highWaterMark: 1 });
}

/** As Temporal does: what another worker was in the way of is tried again. */
async function retried<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 50 || (error as { type?: unknown }).type !== 'contention') throw error;
      await sleep(20);
    }
  }
}
