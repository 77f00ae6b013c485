import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { claimObjects } from '../../../src/activities/pickup/claim-objects.js';
import { compilePipeline } from '../../../src/engine/compiled-pipeline.js';
import { waitingFiles } from '../../../src/status/waiting-files.js';
import { createTestBucket, testClient, type TestBucket } from '../../connectors/s3/test-bucket.js';
import { compileEastrock } from '../../support/mart-warehouse.js';
import { startOddServer, type OddServer } from '../../support/servers/odd-s3.js';
import { freshPrefix, objectStore, warehouse } from '../../support/servers/servers.js';
import { quietScope, WarehouseChain } from '../../support/warehouse-chain.js';

const users = 'UserID,UserName,SignUpDate,Country\n1,Ann,1/2/2024,Latvia\n';

/** The test's server lists control characters as U+FFFD. */
const oddKey = 'in/users-\u001b.csv';

let bucket: TestBucket;
let server: OddServer;
let chain: WarehouseChain;
beforeAll(async () => {
  server = await startOddServer(objectStore.endpoint);
  bucket = await createTestBucket();
  chain = new WarehouseChain({
    url: warehouse.url,
    prefix: freshPrefix(),
    pipeline: await compileEastrock(),
    sourceUrl: `s3://${bucket.bucket}/in/`,
    openStore: () => bucket.store('in/', testClient(server.endpoint)),
  });
  await chain.migrate();
});
beforeEach(() => chain.reset());
afterEach(async () => {
  server.way = undefined;
  await bucket.client.send(new DeleteObjectCommand({ Bucket: bucket.bucket, Key: oddKey }));
  for await (const page of bucket.store('in/').list({ recursive: true }))
    for (const object of page) await bucket.store('in/').remove(object);
});
afterAll(async () => {
  await chain.close();
  await server.close();
  await bucket.drop();
});

const claim = () => claimObjects(chain, { pipeline: 'eastrock', feed: 'users', source: { kind: 'feed' } }, quietScope);
const loads = () =>
  chain.warehouse.query<{ state: string; source_state: string }>('select state, source_state from gear.loads order by load_id');

/** Ages what has been loaded, as the next pickup of a schedule comes minutes later. */
const minutesLater = () =>
  chain.warehouse.execute(
    'update gear.loads set claimed_at = claimed_at - interval 3 minute, released_at = released_at - interval 1 minute',
  );

it('makes one load of an object that listing and HEAD show differently, and says so at each pickup', async () => {
  server.way = 'other etag in listings';
  await bucket.put('in/users.csv', users);
  expect(await chain.pickup('users')).toMatchObject([{ outcome: 'replaced' }]);
  for (let pickups = 0; pickups < 3; pickups += 1) {
    const { claimed, faults } = await claim();
    expect(claimed).toBe(0);
    expect(faults).toEqual([expect.stringMatching(/^in\/users.csv: the store's listing and HEAD disagree/)]);
  }
  expect(await loads()).toHaveLength(1);
  server.way = undefined;
  expect(await chain.pickup('users')).toMatchObject([{ outcome: 'staged', rowsStaged: 1 }]);
});

it('does not load for ever what a store does not delete, and loads what is put in its place', async () => {
  server.way = 'deletes do nothing';
  await bucket.put('in/users.csv', users);
  expect(await chain.pickup('users')).toMatchObject([{ outcome: 'staged' }]);
  await minutesLater();
  for (let pickups = 0; pickups < 3; pickups += 1) {
    const { claimed, faults } = await claim();
    expect(claimed).toBe(0);
    expect(faults).toEqual([
      expect.stringMatching(/^in\/users.csv: it was loaded and the store confirmed its deletion, but it is still there/),
    ]);
  }
  expect(await loads()).toEqual([{ state: 'staged', source_state: 'deleted' }]);
  await bucket.put('in/users.csv', users.replace('Latvia', 'France'));
  const { claimed, faults } = await claim();
  expect([claimed, faults]).toEqual([1, undefined]);
});

it('says at once that a store lists a name wrongly, makes no load of it, and takes the others', async () => {
  await bucket.put(oddKey, users);
  expect((await claim()).faults).toEqual([expect.stringMatching(/: the store lists a name that it does not know itself/)]);
  expect(await loads()).toEqual([]);
  const { feeds, leftAlone } = await waitingFiles(chain.stores.sourceOf('eastrock'), (await compileEastrock()).definition);
  expect([feeds.users?.files, leftAlone]).toMatchObject([
    0,
    { files: 1, shown: [{ reason: expect.stringContaining('Rename the object') }] },
  ]);
  await bucket.put('in/users-2.csv', users);
  const { claimed, faults } = await claim();
  expect(claimed).toBe(1);
  expect(faults).toEqual([expect.stringMatching(/: the store lists a name that it does not know itself/)]);
});

it('takes the same bytes put again for a new delivery', async () => {
  await bucket.put('in/users.csv', users);
  const [first] = await chain.pickup('users');
  expect(first).toMatchObject({ outcome: 'staged' });
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await bucket.put('in/users.csv', users);
  expect(await chain.pickup('users')).toMatchObject([{ outcome: 'staged' }]);
  expect(await loads()).toEqual([
    { state: 'staged', source_state: 'deleted' },
    { state: 'staged', source_state: 'deleted' },
  ]);
});

it('a source that can only be read is loaded without a mark where its files are kept, with a warning, and by nobody else', async () => {
  const compiled = await compileEastrock();
  const begin = async (release: 'keep' | 'delete') => {
    const other = new WarehouseChain({
      url: warehouse.url,
      prefix: freshPrefix(),
      pipeline: compilePipeline({ ...compiled.definition, release }, []),
      sourceUrl: `s3://${bucket.bucket}/in/`,
      openStore: () => bucket.store('in/', testClient(server.endpoint)),
    });
    await other.migrate();
    return other;
  };
  await bucket.put('in/users-1.csv', users);
  await bucket.client.send(new DeleteObjectCommand({ Bucket: bucket.bucket, Key: 'in/.strata/owner.json' }));
  server.way = 'read only';
  const warnings: string[] = [];
  const scope = { ...quietScope, log: { ...quietScope.log, warn: (message: string) => void warnings.push(message) } };
  const input = { pipeline: 'eastrock', feed: 'users', source: { kind: 'feed' } } as const;

  const keeping = await begin('keep');
  expect(await claimObjects(keeping, input, scope)).toMatchObject({ found: 1, claimed: 1 });
  expect(warnings).toEqual([
    expect.stringMatching(/can't be marked .* in a folder the right to write\)\. Its files are kept, so loading goes on/),
  ]);
  expect(await claimObjects(keeping, input, scope)).toMatchObject({ found: 1, claimed: 0 });
  await keeping.close();

  const deleting = await begin('delete');
  await expect(claimObjects(deleting, input, scope)).rejects.toMatchObject({
    type: 'denied',
    message: expect.stringContaining('Nothing was claimed'),
  });
  expect(await deleting.warehouse.query('select load_id from gear.loads')).toEqual([]);

  server.way = undefined;
  const claim = () => claimObjects(deleting, input, scope);
  expect(await claim()).toMatchObject({ claimed: 1 });
  await bucket.put('in/users-2.csv', users);
  server.way = 'read only';
  // Its loads are in the warehouse by then, and the mark is not raised for them.
  await expect(claim()).rejects.toMatchObject({
    message: expect.stringMatching(/can't be marked .*\. Files that are claimed wait until it can be written$/),
  });
  expect(await deleting.warehouse.query('select state from gear.loads')).toEqual([{ state: 'claimed' }, { state: 'claimed' }]);
  await deleting.close();
});
