import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { adoptSource, releaseOwnedSource } from '../../../src/activities/owner/adopt-source.js';
import { noteBatches } from '../../../src/activities/owner/own-source.js';
import { sourceState } from '../../../src/activities/owner/source-state.js';
import { FileStore } from '../../../src/connectors/file/file-store.js';
import { parseMark } from '../../../src/engine/source-owner.js';
import { compileEastrock } from '../../support/mart-warehouse.js';
import { freshPrefix, warehouses } from '../../support/servers/servers.js';
import { quietScope, WarehouseChain } from '../../support/warehouse-chain.js';

const user = (id: number) => `UserID,UserName,SignUpDate,Country\n${id},Ann,1/1/2024,Spain\n`;

describe.each(warehouses)("a source's owner, on $name", ({ url }) => {
  let source: string;
  const chains: WarehouseChain[] = [];
  const open = async () => {
    const chain = new WarehouseChain({
      url,
      prefix: freshPrefix(),
      pipeline: await compileEastrock(),
      sourceUrl: `file://${source}`,
      openStore: (address) => new FileStore(fileURLToPath(address), 0),
    });
    chains.push(chain);
    await chain.migrate();
    return chain;
  };
  const own = ({ warehouse, stores }: WarehouseChain) => ({ warehouse, pipeline: 'eastrock', store: stores.sourceOf('eastrock') });
  const put = (id: number) => writeFile(join(source, `users-${id}.csv`), user(id));
  const loads = async ({ warehouse }: WarehouseChain) =>
    (await warehouse.query<{ load_id: number }>('select load_id from gear.loads order by load_id')).map((row) => Number(row.load_id));
  /** As if the warehouse were restored from a backup of when that load was its last. */
  const restore = async ({ warehouse }: WarehouseChain, last: number) => {
    for (const table of ['gear.loads', 'gear.load_chunks', 'staging.users'])
      await warehouse.execute(`delete from ${table} where load_id > ?`, [last]);
  };

  beforeEach(async () => {
    source = await mkdtemp(join(tmpdir(), 'strata-owned-'));
  });
  afterEach(async () => {
    for (const chain of chains.splice(0)) await chain.close();
    await rm(source, { recursive: true });
  });

  it('is the warehouse that claims first; another one claims nothing until the source is adopted, then the first one claims nothing', async () => {
    const [first, second] = [await open(), await open()];
    await put(1);
    expect(await first.pickup('users')).toHaveLength(1);
    const mark = await readFile(join(source, '.strata', 'owner.json'), 'utf8');
    expect(parseMark(mark)?.owner).toMatchObject({ pipeline: 'eastrock', loads: 1 });
    await put(2);
    await expect(second.pickup('users')).rejects.toMatchObject({
      type: 'misconfigured',
      message: expect.stringMatching(/belongs to another warehouse: .* since 20.*strata source adopt eastrock$/) as unknown,
    });
    expect(await loads(second)).toEqual([]);
    expect((await sourceState(own(second))).problem).toContain('belongs to another warehouse');
    expect(await second.backfill('users', `file://${source}`)).toHaveLength(1);
    const { former } = await adoptSource(own(second));
    expect(former).toMatchObject({ loads: 1 });
    expect(await second.pickup('users')).toHaveLength(1);
    await put(3);
    await expect(first.pickup('users')).rejects.toThrow('belongs to another warehouse');
    expect(await loads(first)).toEqual([1]);
    await expect(releaseOwnedSource(own(first))).rejects.toThrow('belongs to another warehouse');
    await releaseOwnedSource(own(second));
    expect(await first.pickup('users')).toHaveLength(1);
  });

  it('is one of two warehouses that begin at once', async () => {
    const [first, second] = [await open(), await open()];
    for (let id = 1; id <= 20; id += 1) await put(id);
    const outcomes = await Promise.allSettled([first.pickup('users', false), second.pickup('users', false)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect([(await loads(first)).length, (await loads(second)).length].sort((a, b) => a - b)).toEqual([0, 20]);
  });

  it('is known to have gone back when it holds fewer loads than it did: nothing is claimed, and adopted it never gives an id again', async () => {
    const chain = await open();
    for (const id of [1, 2, 3]) await put(id);
    await chain.pickup('users');
    await restore(chain, 1);
    await put(4);
    const refused = {
      type: 'misconfigured',
      message: expect.stringMatching(
        /went back to an earlier state: loads 2 to 3 are unknown .*strata source lost eastrock.* from 4: strata source adopt eastrock$/,
      ) as unknown,
    };
    await expect(chain.pickup('users')).rejects.toMatchObject(refused);
    await expect(chain.backfill('users', `file://${source}`)).rejects.toMatchObject(refused);
    expect(await loads(chain)).toEqual([1]);
    expect(await adoptSource(own(chain))).toMatchObject({ nextLoad: 4 });
    await chain.pickup('users');
    expect((await loads(chain)).every((id) => id === 1 || id > 3)).toBe(true);
    expect(await loads(chain)).toHaveLength(2);
    // Gone back once more, to before the first time.
    await restore(chain, 0);
    await expect(chain.pickup('users')).rejects.toThrow('went back to an earlier state');
  }, 60_000);

  it('names the batches that it lacks, in the mark as soon as they are committed', async () => {
    const chain = await open();
    const noted = async () => parseMark(await readFile(join(source, '.strata', 'owner.json'), 'utf8'))?.owner?.batches;
    const note = () => noteBatches(own(chain), () => undefined, quietScope.signal);
    for (const id of [1, 2, 3]) {
      await put(id);
      await chain.pickup('users');
      await chain.process('users');
    }
    // A pickup tells what it finds; the last batch is told when its staged rows are about to go.
    expect(await noted()).toEqual({ 'eastrock/users': 2 });
    await note();
    expect(await noted()).toEqual({ 'eastrock/users': 3 });
    expect(await sourceState(own(chain))).toMatchObject({ problem: undefined, warning: undefined });

    await chain.warehouse.execute(`update gear.feeds set batch_number = 1 where feed = 'users'`);
    expect(await sourceState(own(chain))).toMatchObject({
      problem: undefined,
      warning: expect.stringMatching(
        /lacks the batches eastrock\/users 2 to 3, which it had committed.*strata source adopt eastrock$/,
      ) as unknown,
    });
    await note();
    expect(await noted()).toEqual({ 'eastrock/users': 3 });
    await restore(chain, 1);
    await expect(chain.pickup('users')).rejects.toThrow(/loads 2 to 3 are unknown .* It also lacks the batches eastrock\/users 2 to 3\./);
    await adoptSource(own(chain));
    expect(await noted()).toEqual({ 'eastrock/users': 1 });
    expect((await sourceState(own(chain))).warning).toBeUndefined();
  }, 60_000);

  it('is told of batches where it can be, and processing goes on where it can not', async () => {
    const chain = await open();
    await put(1);
    await chain.pickup('users');
    const said: string[] = [];
    const gone = join(source, 'gone');
    const store = new FileStore(gone, 0);
    await noteBatches({ ...own(chain), store }, (message) => said.push(message), quietScope.signal);
    expect(said).toEqual([expect.stringContaining('is not told of the last batches: folder')]);
  });

  it('is another one when it was emptied, and when it is a copy under another prefix', async () => {
    const chain = await open();
    await put(1);
    await chain.pickup('users');
    await chain.warehouse.execute(`update gear.warehouse set schema_prefix = 'copied_from_'`);
    await chain.migrate();
    await put(2);
    await expect(chain.pickup('users')).rejects.toThrow('belongs to another warehouse');
    await chain.migrate();
    await adoptSource(own(chain));
    expect(await chain.pickup('users')).toHaveLength(1);
  });

  it('is never guessed from a mark that says nothing, nor by a link', async () => {
    const chain = await open();
    await put(1);
    await mkdir(join(source, '.strata'));
    await writeFile(join(source, '.strata', 'owner.json'), '{"warehouse": 1}');
    await expect(chain.pickup('users')).rejects.toThrow('can not be read as the mark of a warehouse');
    await adoptSource(own(chain));
    await rm(join(source, '.strata'), { recursive: true });
    const elsewhere = await mkdtemp(join(tmpdir(), 'strata-elsewhere-'));
    await symlink(elsewhere, join(source, '.strata'));
    await expect(chain.pickup('users')).rejects.toThrow('is a link or no folder');
    expect(await loads(chain)).toEqual([]);
    await rm(elsewhere, { recursive: true });
  });

  it('may have several pipelines and feeds that claim at once', async () => {
    const chain = await open();
    for (const feed of ['users', 'games', 'payments']) await writeFile(join(source, `${feed}.csv`), 'x\n');
    await Promise.all(['users', 'games', 'payments'].map((feed) => chain.pickup(feed, false)));
    const state = await sourceState(own(chain));
    expect(state).toMatchObject({ problem: undefined });
    expect(state.owner?.loads).toBe(state.me.highestLoad);
  });
});
