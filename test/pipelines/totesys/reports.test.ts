import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createConnection, type Connection } from 'mysql2/promise';
import { FolderChain } from '../../support/folder-chain.js';
import { compileFile, root } from '../../support/mart-warehouse.js';
import { warehouses } from '../../support/servers/servers.js';
import { LakeFolder, type Row } from './lake.js';
import { tables } from './random-runs.js';

jest.setTimeout(600_000);

const at = (day: string): Row => ({ created_at: `${day} 09:00:00`, last_updated: `${day} 09:00:00` });
const folder = join(root, 'sql', 'totesys', 'reports');
const reports = readdirSync(folder).map((file) => file.replace(/\.sql$/, ''));

const sale = (id: string, units: string, day: string, rest: Row = {}): Row => ({
  ...{ sales_order_id: id, design_id: id, staff_id: '1', counterparty_id: '1', units_sold: units, unit_price: '2.50', currency_id: '1' },
  ...{ agreed_delivery_date: '2026-02-11', agreed_payment_date: '2026-02-20', agreed_delivery_location_id: '1' },
  ...at(day),
  ...rest,
});
const payment = (id: string, paid: string, amount: string): Row => ({
  ...{ payment_id: id, transaction_id: '1', counterparty_id: '1', payment_amount: amount, currency_id: '1', payment_type_id: '1', paid },
  ...{ payment_date: '2026-02-20', company_ac_number: '1', counterparty_ac_number: '2' },
  ...at('2026-02-02'),
});

describe.each(warehouses)('the reports of totesys on $name', ({ url }) => {
  let chain: FolderChain;
  let lake: LakeFolder;
  let analyst: Connection;
  const account = `analyst${process.pid}`;
  beforeAll(async () => {
    chain = await FolderChain.open(url, { pipeline: await compileFile('totesys') });
    lake = new LakeFolder(chain.folder);
    const address = { address_line_2: null, district: null, city: 'Leeds', postal_code: '1', phone: '2' };
    lake.write({
      sales_order: [[sale('1', '10', '2026-02-01'), sale('2', '4', '2026-03-01', { agreed_delivery_date: null })]],
      purchase_order: [
        [
          {
            ...{ purchase_order_id: '1', staff_id: '1', counterparty_id: '1', item_code: 'A', item_quantity: '3', item_unit_price: '1.10' },
            ...{ currency_id: '1', agreed_delivery_date: null, agreed_payment_date: null, agreed_delivery_location_id: '1' },
            ...at('2026-03-31'),
          },
        ],
      ],
      payment: [[payment('1', 't', '20.00'), payment('2', 'f', '5.25')]],
      transaction: [[{ transaction_id: '1', transaction_type: 'SALE', sales_order_id: '1', purchase_order_id: null, ...at('2026-02-01') }]],
      counterparty: [
        [
          {
            ...{ counterparty_id: '1', counterparty_legal_name: 'Okafor', legal_address_id: '1', commercial_contact: null },
            ...{ delivery_contact: null, ...at('2026-01-01') },
          },
        ],
      ],
      address: [[{ address_id: '1', address_line_1: '1 Road', ...address, country: 'UK', ...at('2026-01-01') }]],
      staff: [[{ staff_id: '1', first_name: 'Ada', last_name: 'L', department_id: '1', email_address: 'a@b', ...at('2026-01-01') }]],
      department: [[{ department_id: '1', department_name: 'Sales', location: null, manager: null, ...at('2026-01-01') }]],
      design: [[{ design_id: '1', design_name: 'Wooden', file_location: '/', file_name: 'w', ...at('2026-01-01') }]],
      payment_type: [[{ payment_type_id: '1', payment_type_name: 'SALES_RECEIPT', ...at('2026-01-01') }]],
      currency: [[{ currency_id: '1', currency_code: 'GBP', ...at('2026-01-01') }]],
    });
    lake.write({ sales_order: [[sale('1', '12', '2026-02-01', { last_updated: '2026-02-05 10:00:00.5' })]] });
    for (const feed of tables) {
      await chain.pickup(feed);
      await chain.process(feed);
    }
    await chain.refresh();
    await chain.warehouse.execute(`create user '${account}'@'%' identified by 'Analyst-1'`);
    await chain.warehouse.execute(`grant select on \`${chain.prefix}bus\`.* to '${account}'@'%'`);
    const server = new URL(url);
    analyst = await createConnection({
      ...{ host: server.hostname, port: Number(server.port), user: account, password: 'Analyst-1' },
      ...{ dateStrings: true, timezone: 'Z' },
    });
  });
  afterAll(async () => {
    await analyst.end();
    await chain.warehouse.execute(`drop user '${account}'@'%'`);
    await chain.close();
  });

  /** The answer of the bus-only user; a text for each filter that is set. */
  const answer = async (name: string, filters: Readonly<Record<string, string>> = {}) => {
    const sql = readFileSync(join(folder, `${name}.sql`), 'utf8')
      .replace(/^--.*\n/gm, '')
      .replace(/\[\[(.*?)\]\]/g, (_all, part: string) => {
        const [, filter = ''] = /\{\{(\w+)\}\}/.exec(part) ?? [];
        return filters[filter] === undefined ? '' : part.replace(`{{${filter}}}`, `'${filters[filter]}'`);
      })
      .replaceAll(/\bbus\./g, `${chain.prefix}bus.`);
    const [rows] = await analyst.query(sql);
    return (rows as Record<string, unknown>[]).map((row) => Object.values(row).map((value) => (value === null ? null : String(value))));
  };

  it('answer from bus alone', async () => {
    const found = Object.fromEntries(await Promise.all(reports.map(async (name) => [name, await answer(name)] as const)));
    expect(found).toEqual({
      best_selling_designs: [
        ['1', 'Wooden', '1', '12'],
        ['2', null, '1', '4'],
      ],
      counterparties_by_quarter: [['2026', '1', 'GBP', '1', '1', 'Okafor', '40.00', '3.30', '20.00', '5.25']],
      delivery_lead_time: [['2026', '2', 'UK', '1', '10', '10.00', '10']],
      open_payments: [['2', '2026-02-20', 'SALES_RECEIPT', 'Okafor', '5.25', 'GBP', 'SALE', '1']],
      revenue_by_currency_and_month: [
        ['2026', '2', 'February', 'GBP', '1', '12', '30.00', '30.00', '0'],
        ['2026', '3', 'March', 'GBP', '1', '4', '10.00', '10.00', '0'],
      ],
      sales_by_staff_and_department: [['Sales', '1', 'Ada', 'L', 'GBP', '2', '40.00']],
      versions_of_a_sales_order: [
        ['1', '1', '0', '2026-02-01', '09:00:00.000000', '10', null, '2.50', null, '2026-02-11', '2026-02-20', 'Ada', 'L'],
        ['1', '3', '1', '2026-02-05', '10:00:00.500000', '12', '2', '2.50', '0.00', '2026-02-11', '2026-02-20', 'Ada', 'L'],
        ['2', '2', '1', '2026-03-01', '09:00:00.000000', '4', null, '2.50', null, null, '2026-02-20', 'Ada', 'L'],
      ],
    });
  });

  it('take their filters', async () => {
    expect(await answer('revenue_by_currency_and_month', { date_from: '2026-03-01', date_to: '2026-03-31' })).toEqual([
      ['2026', '3', 'March', 'GBP', '1', '4', '10.00', '10.00', '0'],
    ]);
    expect(await answer('versions_of_a_sales_order', { sales_order_id: '2' })).toHaveLength(1);
    expect(await answer('open_payments', { date_to: '2026-02-19' })).toEqual([]);
  });

  it("give the revenue in GBP by the rate of the order's day, or of the last one before it, and by none before the first", async () => {
    const rates = (asked: string, text: string) => {
      const file = join(chain.folder, `fx_rates/${asked.replaceAll('-', '/')}/GBP-00000.json`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    };
    rates('2026-02-10', '{"base":"GBP","date":"2026-02-10","rates":{"EUR":1.25,"JPY":1.9e2,"XXX":"none"}}');
    // The answer of a Sunday is that of the Friday before.
    rates('2026-02-15', '{"base":"GBP","date":"2026-02-13","rates":{"EUR":1.123456785}}');
    lake.write({ currency: [[{ currency_id: '2', currency_code: 'EUR', ...at('2026-01-01') }]] });
    const euros = (id: string, day: string) => sale(id, '10', day, { currency_id: '2' });
    lake.write({ sales_order: [[euros('3', '2026-01-15'), euros('4', '2026-02-12'), euros('5', '2026-02-14')]] });
    for (const feed of ['currency', 'sales_order', 'fx_rates']) {
      await chain.pickup(feed);
      await chain.process(feed);
    }
    await chain.refresh();
    expect(
      (await chain.warehouse.query('select date, base, currency, rate from bus.fx_rates order by date, currency')).map((row) =>
        Object.values(row),
      ),
    ).toEqual([
      ['2026-02-10', 'GBP', 'EUR', '1.25000000'],
      ['2026-02-10', 'GBP', 'JPY', '190.00000000'],
      ['2026-02-13', 'GBP', 'EUR', '1.12345679'],
    ]);
    expect(await chain.warehouse.query("select feed, reasons from gear.quarantine where feed = 'fx_rates'")).toEqual([
      { feed: 'fx_rates', reasons: 'bad_number' },
    ]);
    // 25 / 1.25 + 25 / 1.12345679
    expect(await answer('revenue_by_currency_and_month', { date_to: '2026-02-28' })).toEqual([
      ['2026', '1', 'January', 'EUR', '1', '10', '25.00', null, '1'],
      ['2026', '2', 'February', 'EUR', '2', '20', '50.00', '42.25', '0'],
      ['2026', '2', 'February', 'GBP', '1', '12', '30.00', '30.00', '0'],
    ]);
    const before = await chain.warehouse.query('select * from bus.fx_rates order by date, currency');
    await chain.refresh(true);
    expect(await chain.warehouse.query('select * from bus.fx_rates order by date, currency')).toEqual(before);
  });
});
