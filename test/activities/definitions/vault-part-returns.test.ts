import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadVaultTable } from '../../../src/activities/vault/load-vault-table.js';
import { FileStore } from '../../../src/connectors/file/file-store.js';
import { compilePipeline } from '../../../src/engine/compiled-pipeline.js';
import type { PipelineDefinition } from '../../../src/engine/definition/types.js';
import { freshPrefix, warehouses } from '../../support/servers/servers.js';
import { WarehouseChain } from '../../support/warehouse-chain.js';

const from = (column: string) => [{ entity: 'cust', column }];
const whole: PipelineDefinition = {
  name: 'shop',
  sourceSetting: 'SHOP_SOURCE_URL',
  schedules: { pickup: '*/3 * * * *', process: '*/10 * * * *', aggregate: '*/10 * * * *' },
  feeds: [
    {
      name: 'cust',
      match: '^cust.*\\.csv$',
      reasons: ['bad_id', 'too_long'],
      columns: [
        { name: 'id', header: 'Id', type: { kind: 'integer', min: '1', max: '999' }, reason: 'bad_id' },
        { name: 'city', header: 'City', type: { kind: 'text', maxLength: 40, empty: 'none' }, reason: 'too_long' },
      ],
    },
  ],
  entities: [{ name: 'cust', key: ['id'], values: ['city'], from: [{ feed: 'cust' }] }],
  surrogates: [],
  vault: {
    hubs: [
      { name: 'cust', key: 'cust_id', from: from('id') },
      { name: 'city', key: 'city', from: from('city') },
    ],
    links: [
      {
        name: 'cust_city',
        entity: 'cust',
        hubs: [
          { hub: 'cust', column: 'id' },
          { hub: 'city', column: 'city' },
        ],
        driving: ['cust'],
      },
    ],
    satellites: [{ name: 'cust', entity: 'cust', parent: { hub: 'cust', column: 'id' }, columns: ['city'] }],
  },
  sqlFolder: 'sql/shop',
};

describe.each(warehouses)('a part of the vault that comes back, on $name', ({ url }) => {
  let folder: string;
  let prefix: string;
  const chains: WarehouseChain[] = [];
  const release = (definition: PipelineDefinition): WarehouseChain => {
    const chain = new WarehouseChain({
      url,
      prefix,
      pipeline: compilePipeline(definition, []),
      sourceUrl: `file://${folder}`,
      openStore: (address) => new FileStore(fileURLToPath(address), 0),
    });
    chains.push(chain);
    return chain;
  };
  const deliver = async (chain: WarehouseChain, file: string, rows: readonly string[]) => {
    await writeFile(join(folder, file), ['Id,City', ...rows, ''].join('\n'));
    await chain.pickup('cust');
    await chain.process('cust');
    await chain.loadVault();
  };
  const load = (chain: WarehouseChain, target: string) => {
    const load = [...chain.pipelines.values()][0]!.vaultLoads.find((each) => each.target === target);
    return loadVaultTable(chain.warehouse, load!);
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-returns-'));
    prefix = freshPrefix();
  });
  afterEach(async () => {
    await Promise.all(chains.splice(0).map((chain) => chain.close()));
    await rm(folder, { recursive: true });
  });

  it.each([{ pruned: true }, { pruned: false }])(
    'does not go on as if nothing had changed (changes pruned: $pruned), and says what to do',
    async ({ pruned }) => {
      const [first, without, again] = [
        release(whole),
        release({ ...whole, vault: { hubs: [], links: [], satellites: [] } }),
        release(whole),
      ];
      await first.migrate();
      await deliver(first, 'cust-1.csv', ['1,Riga', '2,Oslo']);
      await without.migrate();
      await deliver(without, 'cust-2.csv', ['1,Paris']);
      if (pruned) await without.warehouse.execute('delete from gear.changes_cust');
      await again.migrate();
      const parts = ['vault.link_cust_city', 'vault.eff_sat_cust_city', 'vault.sat_cust'];
      for (const part of parts)
        await expect(load(again, part)).rejects.toMatchObject({
          type: 'definition',
          message: expect.stringMatching(
            `${part} was taken out of the definition and came back.*${part}_before.*strata migrate`,
          ) as unknown,
        });
      // A hub only gets what it lacks.
      await load(again, 'vault.hub_cust');
      await load(again, 'vault.hub_city');
      expect(await again.warehouse.query('select city from vault.hub_city order by city')).toEqual([
        { city: 'Oslo' },
        { city: 'Paris' },
        { city: 'Riga' },
      ]);
      for (const part of parts) await again.warehouse.execute(`rename table ${part} to ${part}_before`);
      await again.migrate();
      await again.loadVault();
      expect(
        await again.warehouse.query(
          `select c.cust_id, t.city from vault.link_cust_city l
         join vault.eff_sat_cust_city e on e.cust_city_hk = l.cust_city_hk and e.is_active
           and e.load_datetime = (select max(x.load_datetime) from vault.eff_sat_cust_city x where x.cust_city_hk = l.cust_city_hk)
         join vault.hub_cust c on c.cust_hk = l.cust_hk join vault.hub_city t on t.city_hk = l.city_hk order by 1`,
        ),
      ).toEqual([
        { cust_id: 1, city: 'Paris' },
        { cust_id: 2, city: 'Oslo' },
      ]);
      await deliver(again, 'cust-3.csv', ['2,Bern']);
      expect(await again.warehouse.query('select count(*) as n from vault.eff_sat_cust_city where not is_active')).toEqual([
        { n: pruned ? 1 : 2 },
      ]);
    },
  );
});
