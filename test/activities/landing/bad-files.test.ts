import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FolderChain } from '../../support/folder-chain.js';
import { warehouses } from '../../support/servers/servers.js';
import { visibleFiles } from '../../support/visible-files.js';

const header = 'TransactionID,UserID,Amount,TransactionDate,Type\n';
const good = '1,1,5.00,1/2/2024,Deposit\n';

/** Files that are refused whole, each with the line of its one entry and what is said of it. */
const refused: readonly (readonly [string, Buffer, number, RegExp])[] = [
  ['zero bytes', Buffer.alloc(0), 0, /is empty/],
  ['a byte order mark alone', Buffer.from('\ufeff'), 1, /no header line/],
  ['blank lines alone', Buffer.from('\n  \n\t\r\n'), 1, /no header line/],
  ['a gzip', gzipSync(Buffer.from(header + good)), 1, /./],
  ['NUL bytes', Buffer.alloc(3 << 20), 1, /longer than 1 MiB/],
  ['2,000 columns', Buffer.from(`${Array.from({ length: 2_000 }, (_, i) => `c${i}`).join(',')}\n1,2\n`), 1, /./],
  ['a column too few', Buffer.from('TransactionID,UserID,Amount,Type\n1,1,5,Deposit\n'), 1, /transaction_?date/i],
  ['a column twice', Buffer.from('TransactionID,UserID,UserID,Amount,TransactionDate,Type\n'), 1, /user_?id.*twice|twice.*user_?id/i],
  ['an unknown column', Buffer.from(`Note,${header}`), 1, /column 1 of the header is not one of the feed's/],
  ['no header', Buffer.from(good), 1, /column 1 of the header is not one of the feed's/],
];

describe.each(warehouses)('files that break the contract on $name', ({ url }) => {
  let folder: string;
  let chain: FolderChain;
  beforeAll(async () => {
    chain = await FolderChain.open(url);
    folder = chain.folder;
  });
  afterAll(() => chain.close());
  const startAnew = async () => {
    await chain.reset();
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
  };
  const quarantine = () =>
    chain.warehouse.query(
      'select load_id, object_key, line_number, row_offset, row_bytes, reasons, raw from gear.quarantine order by quarantine_id',
    );

  it.each(refused)(
    'refuses %s: one entry, the file moved and kept whole, the reason said, and a later good file goes through',
    async (_what, bytes, line, problem) => {
      await startAnew();
      const file = join(folder, 'payments.csv');
      await writeFile(file, bytes);
      const [landed] = await chain.pickup('payments');
      expect(landed).toMatchObject({ outcome: 'refused', rowsStaged: 0, rowsQuarantined: 0 });
      const entries = await quarantine();
      expect(entries).toMatchObject([{ object_key: 'payments.csv', line_number: line, reasons: 'bad_header' }]);
      expect((entries[0]!.raw as Buffer).length).toBeLessThanOrEqual(64 << 10);
      const [refusal] = await chain.warehouse.query<{ load_id: number; problem: string }>('select load_id, problem from gear.refusals');
      expect(refusal).toEqual({ load_id: entries[0]!.load_id, problem: expect.stringMatching(problem) as unknown });
      // Why, for logs and histories; what stands in the file is told on a line of its own.
      expect(landed?.problem).toBe(refusal?.problem.split('\n')[0]);
      expect(landed?.problem).not.toMatch(/5\.00|Deposit|Note/);
      const moved = await readFile(join(folder, await chain.quarantineFolder(Number(entries[0]!.load_id)), 'payments.csv'));
      expect(moved.equals(bytes)).toBe(true);
      await writeFile(file, header + good);
      expect(await chain.pickup('payments')).toMatchObject([{ outcome: 'staged', rowsStaged: 1 }]);
      expect(await chain.process('payments')).toMatchObject({ loads: 1, inserted: 1 });
      expect(await visibleFiles(folder)).toEqual(['quarantine']);
    },
  );

  it('keeps the good rows around every kind of bad one', async () => {
    await startAnew();
    const rows: readonly (readonly [string | Buffer, string])[] = [
      [',1,5,1/2/2024,Deposit', 'missing_key'],
      ['0,1,5,1/2/2024,Deposit', 'bad_key'],
      ['18446744073709551616,1,5,1/2/2024,Deposit', 'bad_key'],
      ['7,,5,1/2/2024,Deposit', 'bad_key'],
      [',x,1.234,30/2/2024,Gift', 'missing_key,bad_key,bad_date,bad_amount,bad_type'],
      ['7,1,100000000000.00,1/2/2024,Deposit', 'bad_amount'],
      ['7,1,+5,1/2/2024,Deposit', 'bad_amount'],
      ['7,1,,1/2/2024,', 'bad_amount,bad_type'],
      ['7,1,5,1/2/0999,Deposit', 'bad_date'],
      ['7,1,5,1/2/2024', 'wrong_column_count'],
      ['7,1,5,1/2/2024,Deposit,', 'wrong_column_count'],
      ['7,1,"5"0,1/2/2024,Deposit', 'bad_quote'],
      ['7,1,5,1/2/2024,"Deposit', 'bad_quote'],
      [Buffer.from([0x37, 0x2c, 0xff]), 'bad_encoding'],
      ['7,\u0000', 'bad_encoding'],
      [header.trimEnd(), 'bad_key,bad_date,bad_amount,bad_type'],
    ];
    const lines = rows.flatMap(([row], index) => [
      Buffer.from(`${index + 1},1,5.00,1/2/2024,deposit\r\n`),
      Buffer.from(row as string),
      Buffer.from('\r\n'),
    ]);
    const text = Buffer.concat([Buffer.from(`\ufeff${header}`), ...lines]);
    await writeFile(join(folder, 'payments-1.csv'), text);
    expect(await chain.pickup('payments')).toMatchObject([{ outcome: 'staged', rowsStaged: rows.length, rowsQuarantined: rows.length }]);
    const entries = await quarantine();
    expect(entries.map(({ line_number, reasons }) => [line_number, reasons])).toEqual(
      rows.map(([, reasons], index) => [2 * index + 3, reasons]),
    );
    for (const [index, entry] of entries.entries()) {
      const at = Number(entry.row_offset);
      expect(entry.raw).toEqual(Buffer.from(rows[index]![0] as string));
      expect(text.subarray(at, at + Number(entry.row_bytes))).toEqual(entry.raw);
    }
    expect(await chain.process('payments')).toMatchObject({ inserted: rows.length });
    expect(await chain.warehouse.query('select distinct type from bulk.payments')).toEqual([{ type: 'Deposit' }]);
  });

  it('takes the extremes of every type', async () => {
    await chain.reset();
    const zeros = '0'.repeat(300);
    await writeFile(
      join(folder, 'payments.csv'),
      `Type,amount ,"TransactionDate", USERID,TransactionID\nCORRECTION,-${zeros}99999999999.99,31/12/9999,4294967295,${zeros}18446744073709551615\n"\tdeposit\n", -05.25 ,\t01/1/1000,1, 1 `,
    );
    await writeFile(
      join(folder, 'users.csv'),
      `UserID,UserName,SignUpDate,Country\n1,"${'é😀'.repeat(127)}x",29/2/2000,"a,\nb\\N'"\n2,,1/1/2024,\n3,NULL,1/1/2024,\\N\n`,
    );
    expect(await chain.pickup('payments')).toMatchObject([{ rowsStaged: 2, rowsQuarantined: 0 }]);
    expect(await chain.pickup('users')).toMatchObject([{ rowsStaged: 3, rowsQuarantined: 0 }]);
    await chain.process('payments');
    await chain.process('users');
    expect(
      await chain.warehouse.query(
        'select cast(transaction_id as char) as id, user_id, amount, transaction_date, type from bulk.payments order by 1',
      ),
    ).toEqual([
      { id: '1', user_id: 1, amount: '-5.25', transaction_date: '1000-01-01', type: 'Deposit' },
      { id: '18446744073709551615', user_id: 4294967295, amount: '-99999999999.99', transaction_date: '9999-12-31', type: 'Correction' },
    ]);
    expect(await chain.warehouse.query('select user_id, user_name, signup_date, country from bulk.users order by user_id')).toEqual([
      { user_id: 1, user_name: `${'é😀'.repeat(127)}x`, signup_date: '2000-02-29', country: "a,\nb\\N'" },
      { user_id: 2, user_name: '', signup_date: '2024-01-01', country: 'Unknown' },
      { user_id: 3, user_name: 'NULL', signup_date: '2024-01-01', country: '\\N' },
    ]);
    await chain.refresh();
    await chain.loadVault();
    expect(await chain.warehouse.query('select deposit from bus.total_users where user_id = 1')).toEqual([{ deposit: '-5.25' }]);
  });

  it('keeps the start of a row over 1 MiB, and moves its file instead of deleting it', async () => {
    await startAnew();
    const long = `2,1,${'9'.repeat(3 << 20)},1/2/2024,Deposit`;
    await writeFile(join(folder, 'payments.csv'), `${header}${good}${long}\n3,1,5,1/2/2024,Deposit\n`);
    expect(await chain.pickup('payments')).toMatchObject([{ outcome: 'staged', rowsStaged: 2, rowsQuarantined: 1 }]);
    const [entry] = await quarantine();
    expect(entry).toMatchObject({ line_number: 3, reasons: 'row_too_long', row_bytes: long.length });
    expect((entry!.raw as Buffer).length).toBe(64 << 10);
    expect(await readdir(join(folder, await chain.quarantineFolder(Number(entry!.load_id))))).toEqual(['payments.csv']);
  });

  it('takes files from before 1970', async () => {
    await startAnew();
    const file = join(folder, 'payments.csv');
    await writeFile(file, header + good);
    await utimes(file, new Date('1969-12-30'), new Date('1969-12-30'));
    expect(await chain.pickup('payments')).toMatchObject([{ outcome: 'staged', rowsStaged: 1 }]);
    expect(await chain.process('payments')).toMatchObject({ inserted: 1 });
  });

  it("replays what lies in the quarantine folder of a load at that load's place among the deliveries", async () => {
    await startAnew();
    const deliver = async (text: string, day: string) => {
      const file = join(folder, 'payments.csv');
      await writeFile(file, header + text);
      await utimes(file, new Date(day), new Date(day));
      const [landed] = await chain.pickup('payments');
      await chain.process('payments');
      return landed;
    };
    expect(
      await deliver('1,1,5.00,32/1/2024,Deposit\n2,1,5.00,32/1/2024,Deposit\n3,1,5.00,1/1/2024,Deposit\n', '2024-01-01'),
    ).toMatchObject({ rowsQuarantined: 2 });
    const [entry] = await quarantine();
    await deliver('1,1,7.00,1/1/2024,Deposit\n', '2024-01-02');
    const place = join(folder, await chain.quarantineFolder(Number(entry!.load_id)));
    await mkdir(place, { recursive: true });
    await writeFile(
      join(place, 'payments_corrected.csv'),
      `${header}1,1,5.00,31/1/2024,Deposit\n2,1,5.00,31/1/2024,Deposit\n3,1,6.00,1/1/2024,Deposit\n`,
    );
    expect(await chain.backfill('payments', `file://${place}`)).toMatchObject([{ outcome: 'staged', rowsStaged: 3 }]);
    expect(await chain.process('payments')).toMatchObject({ outdated: 1, inserted: 1, updated: 1 });
    const held = () => chain.warehouse.query('select cast(transaction_id as char) as id, amount from bulk.payments order by 1');
    expect(await held()).toEqual([
      { id: '1', amount: '7.00' },
      { id: '2', amount: '5.00' },
      { id: '3', amount: '6.00' },
    ]);
    // Corrections of what was replayed keep the place; of several, the last one put wins, whatever their names.
    const [{ load_id: replayed }] = (await chain.warehouse.query<{ load_id: number }>(
      'select max(load_id) as load_id from gear.loads',
    )) as [{ load_id: number }];
    const again = join(folder, await chain.quarantineFolder(Number(replayed)));
    await mkdir(again);
    for (const [file, amount, day] of [
      ['payments_a.csv', '9.00', '2024-02-02'],
      ['payments_b.csv', '8.00', '2024-02-01'],
    ] as const) {
      await writeFile(join(again, file), `${header}1,1,${amount},31/1/2024,Deposit\n2,1,${amount},31/1/2024,Deposit\n`);
      await utimes(join(again, file), new Date(day), new Date(day));
    }
    expect(await chain.backfill('payments', `file://${again}`)).toHaveLength(2);
    await chain.process('payments');
    expect(await held()).toEqual([
      { id: '1', amount: '7.00' },
      { id: '2', amount: '9.00' },
      { id: '3', amount: '6.00' },
    ]);
  });

  it('loads mended rows at the places that they had, beside a file that was moved for a row over 1 MiB', async () => {
    await startAnew();
    const payment = (id: number, amount: string, date = '1/1/2024') => `${id},1,${amount},${date},Deposit\n`;
    const lines = [
      payment(1, '5.00', '32/1/2024'),
      payment(1, '6.00'),
      payment(2, '5.00'),
      payment(2, '6.00', '32/1/2024'),
      payment(3, '5.00', '32/1/2024'),
    ];
    await writeFile(join(folder, 'payments.csv'), `${header}${lines.join('')}${payment(4, '9'.repeat(1 << 20))}`);
    expect(await chain.pickup('payments')).toMatchObject([{ outcome: 'staged', rowsStaged: 2, rowsQuarantined: 4 }]);
    await chain.process('payments');
    const rejects = (await quarantine()).filter(({ reasons }) => reasons === 'bad_date');
    const load = String(rejects[0]!.load_id);
    const mended = rejects.map(
      ({ row_offset: offset, raw }) => `${load}@${String(offset)},${(raw as Buffer).toString().replace('32/', '31/')}\n`,
    );
    // The last row was two; a place in another load's file is none, nor one past the end of its own.
    const split = mended[2]!.replace('3,1,5.00', '3,1,7.00');
    const place = join(folder, await chain.quarantineFolder(Number(load)));
    const end = Buffer.byteLength(await readFile(join(place, 'payments.csv')));
    await writeFile(
      join(place, 'payments_mended.csv'),
      `strata_row,${header}${mended.join('')}${split}${split.replace(`${load}@`, `${load}0@`)}${split.replace(/@\d+/, `@${end}`)}`,
    );
    expect(await readdir(place)).toHaveLength(2);
    expect(await chain.backfill('payments', `file://${place}`)).toMatchObject([{ outcome: 'staged', rowsStaged: 4, rowsQuarantined: 2 }]);
    expect(await chain.process('payments')).toMatchObject({ outdated: 1, updated: 1, inserted: 1, superseded: 1 });
    expect((await quarantine()).slice(-2)).toMatchObject([6, 7].map((line) => ({ reasons: 'bad_strata_row', line_number: line })));
    expect(await chain.warehouse.query('select cast(transaction_id as char) as id, amount from bulk.payments order by 1')).toEqual([
      { id: '1', amount: '6.00' },
      { id: '2', amount: '6.00' },
      { id: '3', amount: '7.00' },
    ]);
    expect(await chain.backfill('payments', `file://${place}`)).toEqual([]);
    // What was mended in place is another file, though it has as many bytes.
    const moved = join(place, 'payments.csv');
    await writeFile(
      moved,
      (await readFile(moved, 'utf8')).replace('9'.repeat(1 << 20), `${' '.repeat((1 << 20) - 4)}8.00`).replaceAll('32/', '31/'),
    );
    expect(await chain.backfill('payments', `file://${place}`)).toMatchObject([{ outcome: 'staged', rowsStaged: 5, rowsQuarantined: 1 }]);
  });

  it('a refused file that is taken later does not win over its correction', async () => {
    await startAnew();
    await writeFile(join(folder, 'payments.csv'), `${header.trimEnd()},Note\n1,1,5.00,1/1/2024,Deposit,x\n`);
    await chain.pickup('payments');
    const [refused] = await chain.warehouse.query<{ load_id: number; delivery_order: Buffer }>(
      'select load_id, delivery_order from gear.loads',
    );
    const place = join(folder, await chain.quarantineFolder(Number(refused!.load_id)));
    await writeFile(join(place, 'payments_corrected.csv'), `${header}1,1,6.00,1/1/2024,Deposit\n`);
    expect(await chain.backfill('payments', `file://${place}`)).toMatchObject([{ outcome: 'refused' }, { outcome: 'staged' }]);
    await chain.process('payments');
    // As if the definition took the file by now.
    await writeFile(join(place, 'payments.csv'), `${header}1,1,5.00,1/1/2024,Deposit\n`);
    await utimes(join(place, 'payments.csv'), new Date('2024-02-01'), new Date('2024-02-01'));
    expect(await chain.backfill('payments', `file://${place}`)).toMatchObject([{ outcome: 'staged' }]);
    expect(await chain.process('payments')).toMatchObject({ outdated: 1 });
    expect(await chain.warehouse.query('select amount from bulk.payments')).toEqual([{ amount: '6.00' }]);
    const orders = (await chain.warehouse.query<{ delivery_order: Buffer }>('select delivery_order from gear.loads')).map(
      ({ delivery_order: order }) => order,
    );
    expect(orders.every((order) => order.subarray(0, refused!.delivery_order.length).equals(refused!.delivery_order))).toBe(true);
  });

  it('tries refused files of a backfill again when one begins anew, and not before', async () => {
    await startAnew();
    const place = join(folder, 'archive');
    await mkdir(place);
    await writeFile(join(place, 'payments.csv'), 'no header\n');
    // One that has begun says when; one that begins says nothing yet.
    const backfill = (since?: string) => chain.backfill('payments', `file://${place}`, since);
    expect(await backfill()).toMatchObject([{ outcome: 'refused' }]);
    expect(await backfill('2024-01-01 00:00:00.000000')).toEqual([]);
    expect(await backfill()).toMatchObject([{ outcome: 'refused' }]);
    expect(await chain.warehouse.query('select generation, state, source_state from gear.loads order by load_id')).toEqual([
      { generation: 0, state: 'refused', source_state: 'kept' },
      { generation: 1, state: 'refused', source_state: 'kept' },
    ]);
  });
});
