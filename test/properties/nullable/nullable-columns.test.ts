import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compilePipeline } from '../../../src/engine/compiled-pipeline.js';
import { validatePipelines } from '../../../src/engine/definition/validate.js';
import { FolderChain } from '../../support/folder-chain.js';
import { warehouses } from '../../support/servers/servers.js';
import { martFiles } from './marts.js';
import { line, Model, textOf, type Delivery, type Thing } from './model.js';
import { nullable, things } from './things.js';

const orNull = <Value>(...values: readonly Value[]) => fc.constantFrom<Value | null>(null, null, ...values);
const thing: fc.Arbitrary<Thing> = fc.record({
  thing_id: fc.integer({ min: 1, max: 3 }),
  changed_at: orNull('2024-02-29 10:00:00', '2024-03-01 00:00:00'),
  name: orNull('', 'a', 'b'),
  group_id: orNull(-1, 0, 2),
  price: orNull('-1.50', '0.00', '7.25'),
  is_open: orNull(0, 1),
  opens: orNull('00:00:00', '08:30:00'),
  day: orNull('2024-02-29', '1000-01-01'),
  code: orNull('de', 'DE'),
  size: orNull('s', 'l'),
  note: orNull('{"a":null}', '[]', '""'),
});
const move = fc.record({
  city: fc.constantFrom('Rome', 'Ely'),
  weight: orNull('0.50', '-2.00'),
  moved_at: orNull('2024-01-01 00:00:00', '2023-06-01 12:00:00'),
});
const deliveries = fc.uniqueArray(
  fc.record({
    feed: fc.constantFrom('sheets', 'lines', 'moves'),
    modified: fc.integer({ min: 1_700_000_000, max: 1_700_000_099 }),
    things: fc.array(thing, { minLength: 1, maxLength: 4 }),
    moves: fc.array(move, { minLength: 1, maxLength: 4 }),
    /** Vault and marts are loaded after it, and everything is compared. */
    consume: fc.boolean(),
  }),
  { minLength: 5, maxLength: 9, selector: ({ modified }) => modified },
);

describe.each(warehouses)('NULL of every type on its way to every kind of mart on $name', ({ url }) => {
  let chain: FolderChain;
  beforeAll(async () => {
    const [definition] = validatePipelines([things]);
    chain = await FolderChain.open(url, { pipeline: compilePipeline(definition!, martFiles) });
  });
  afterAll(() => chain.close());

  const names = nullable.map(({ name }) => name).join(', ');
  const rows = async (sql: string) => (await chain.warehouse.query(sql)).map((row) => line(...Object.values(row))).sort();
  const deliver = async (delivery: Delivery, index: number) => {
    const path = join(chain.folder, `${delivery.feed}-${index}.txt`);
    await writeFile(path, textOf(delivery));
    await utimes(path, delivery.modified, delivery.modified);
    expect(await chain.pickup(delivery.feed)).toMatchObject([{ outcome: 'staged', rowsQuarantined: 0 }]);
    await chain.process(delivery.feed);
  };
  const consume = async () => {
    await chain.loadVault();
    await chain.refresh();
  };
  const martsOf = async () => ({
    groups: await rows('select * from bus.groups'),
    dimension: await rows(
      `select d.thing_id, d.is_named, d.is_open, d.cents, y.day, d.note from bus.dim_things d left join gear.thing_days y on y.day_id = d.day_id`,
    ),
    counts: await rows(`select concat(is_named, ' ', is_open), n, cents from gear.dim_things_by_is_named_and_is_open`),
    versions: await rows('select thing_id, changed_at, name, price from bus.fact_versions'),
    newest: await rows('select * from bus.newest_versions'),
    sums: await rows(
      `select concat(c.value, ' ', s.is_timed), s.moves, s.weighed, s.weight, s.last_move from gear.city_sums s join bulk.moves_city c on c.id = s.city`,
    ),
  });

  const compare = async (list: readonly Delivery[]) => {
    const model = new Model(list);
    const all = (row: Thing) => line(row.thing_id, ...nullable.map(({ name }) => row[name as keyof Thing]));
    expect(await rows(`select thing_id, ${names} from bulk.things`)).toEqual(model.things.map(all).sort());
    expect(
      await rows(
        `select thing_id, ${names} from (select h.thing_id, s.*, row_number() over (partition by s.thing_hk order by s.load_datetime desc) as place
         from vault.hub_thing h join vault.sat_thing s on s.thing_hk = h.thing_hk) v where place = 1`,
      ),
    ).toEqual(model.things.map(all).sort());
    expect(await martsOf()).toEqual(Object.fromEntries(Object.entries(model.marts()).map(([name, lines]) => [name, [...lines].sort()])));
  };

  it('is the NULL of the last delivery of each key, in whichever order they come', async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, async (generated) => {
        const list = generated.map((each) => ({ ...each, ...(each.feed === 'moves' ? { things: [] } : { moves: [] }) }));
        await chain.reset();
        for (const [index, delivery] of list.entries()) {
          await deliver(delivery, index);
          if (!delivery.consume) continue;
          await consume();
          await compare(list.slice(0, index + 1));
        }
        await consume();
        await compare(list);
        await chain.refresh(true);
        await compare(list);
      }),
      { numRuns: Number(process.env.PROPERTY_RUNS ?? 3), endOnFailure: true },
    );
  });
});
