import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Client } from 'pg';
import { runExtract } from '../../../src/activities/extract/extract-run.js';
import { FileStore } from '../../../src/connectors/file/file-store.js';
import { openSnapshot } from '../../../src/connectors/postgres/snapshot.js';
import type { ExtractDefinition } from '../../../src/engine/extract/drift.js';
import { FolderChain } from '../../support/folder-chain.js';
import { compileFile } from '../../support/mart-warehouse.js';
import { connectPostgres, freshDatabase, ownPostgres } from '../../support/servers/own-postgres.js';
import { warehouses } from '../../support/servers/servers.js';
import { quietScope } from '../../support/warehouse-chain.js';

jest.setTimeout(900_000);

describe.each(warehouses)('numbers of a database, on $name', ({ url }) => {
  let chain: FolderChain;
  let database: string;
  let client: Client;
  beforeAll(async () => {
    chain = await FolderChain.open(url, { pipeline: await compileFile('totesys') });
    database = await freshDatabase(await ownPostgres());
    client = await connectPostgres(database);
  });
  afterAll(async () => {
    await client.end();
    await chain.close();
  });

  const extract = () => {
    const definition = chain.definition.extracts!.find((each): each is ExtractDefinition => each.kind === 'postgres')!;
    return runExtract(
      {
        ...{ warehouse: chain.warehouse, lake: new FileStore(chain.folder, 0), openSnapshot, definition, partBytes: 1 << 20 },
        source: { url: database, setting: 'TOTESYS_DATABASE_URL', schema: 'public' },
      },
      { pipeline: 'totesys', extract: 'totesys', tables: ['sales_order'] },
      quietScope,
    );
  };

  it('reach the warehouse to the last digit where its column can hold them, and the quarantine where not', async () => {
    // As a database may have them: without a precision, and rounded before the point.
    await client.query(`create table sales_order (sales_order_id int primary key, design_id int, staff_id int, counterparty_id int,
      units_sold numeric(5,-2), unit_price numeric, currency_id int, agreed_delivery_date text, agreed_payment_date text,
      agreed_delivery_location_id int, created_at timestamp, last_updated timestamp)`);
    const prices = [
      '99999999.99',
      '-99999999.99',
      '0.1',
      '1200',
      '1e3',
      'NaN',
      'Infinity',
      '-Infinity',
      '1.005',
      '1.500',
      '1e-20',
      '100000000',
      '1e100',
    ];
    for (const [index, price] of prices.entries())
      await client.query(
        `insert into sales_order values ($1, 1, 1, 1, 1234567, $2, 1, '2026-03-01', null, 1, '2026-03-01', '2026-03-01')`,
        [index + 1, price],
      );
    expect((await extract()).tables).toMatchObject([{ rows: prices.length }]);
    await chain.pickup('sales_order');
    while ((await chain.process('sales_order')).more);
    const good = await chain.warehouse.query<{ price: string; units: string }>(
      'select cast(unit_price as char) as price, cast(units_sold as char) as units from bulk.sales_order order by sales_order_id',
    );
    expect(good.map(({ price }) => price)).toEqual(['99999999.99', '-99999999.99', '0.10', '1200.00', '1000.00']);
    // numeric(5,-2) has rounded it in the source.
    expect(new Set(good.map(({ units }) => units))).toEqual(new Set(['1234600']));
    const bad = await chain.warehouse.query<{ line_number: number; reasons: string }>(
      'select line_number, reasons from gear.quarantine order by line_number',
    );
    // The header is line 1.
    expect(bad.map(({ line_number: line, reasons }) => [prices[Number(line) - 2], reasons])).toEqual(
      ['NaN', 'Infinity', '-Infinity', '1.005', '1.500', '1e-20', '100000000', '1e100'].map((price) => [price, 'bad_number']),
    );

    // A declared scale that is larger than that of the warehouse: the source's own change of type, so the table waits for somebody.
    await client.query('update sales_order set unit_price = 2.5; alter table sales_order alter column unit_price type numeric(20,4)');
    expect((await extract()).tables).toMatchObject([
      { leftOut: expect.stringContaining('the column unit_price was numeric and is numeric(20,4) now') },
    ]);
  });
});
