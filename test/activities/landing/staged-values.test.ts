import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FolderChain } from '../../support/folder-chain.js';
import { warehouses } from '../../support/servers/servers.js';

describe.each(warehouses)('values on their way from a file to bulk on $name', ({ url }) => {
  let folder: string;
  let chain: FolderChain;
  beforeAll(async () => {
    chain = await FolderChain.open(url);
    folder = chain.folder;
  });
  afterAll(() => chain.close());

  it('trims ASCII white space alone, also before a line separator of Unicode or a control character', async () => {
    const names = ['x \u2028', 'x \u2029', 'x \u0085', 'x \u000b', 'x \f', 'x\u00a0', '\u2028 x', '\u3000 x'];
    const rows = names.map((name, index) => `${index + 1},"\t ${name} \r\n",1/2/2024,Spain\n`);
    await writeFile(join(folder, 'users.csv'), `UserID,UserName,SignUpDate,Country\n${rows.join('')}`);
    await chain.pickup('users');
    await chain.process('users');
    const users = await chain.warehouse.query<{ user_name: string }>('select user_name from bulk.users order by user_id');
    expect(users.map(({ user_name }) => user_name)).toEqual(names);
  });

  it('takes white space and leading zeros by the megabyte', async () => {
    const many = (text: string) => text.repeat(Math.floor(1_000_000 / text.length));
    const payments = [
      `${many('0')}18446744073709551615,1,5.25,1/2/2024,Deposit`,
      `"${many(' \t\r\n')}2",1,5.25,1/2/2024,Deposit`,
      `3,1,-${many('0')}5.25,1/2/2024,Deposit`,
      `4,1,"${many('\n')} -00.50\t${' '.repeat(1000)}",1/2/2024,Deposit`,
      `5,1,${'0'.repeat(100)},${many(' ')}01/02/2024 ,Deposit`,
      `6,1,1,1/2/2024${many(' ')}, withdrawal`,
      `7,1,.5${many(' ')},1/2/2024,Correction`,
      `8,1,1,1/2/2024,cORRECTION${many('\t ')}`,
    ];
    await writeFile(join(folder, 'payments.csv'), `TransactionID,UserID,Amount,TransactionDate,Type\n${payments.join('\n')}\n`);
    const users = [
      `11,${many(' ')}é ü${' '.repeat(500)},1/2/2024,Spain`,
      `12,é ü,1/2/2024,"Spain${many(' ')}"`,
      `13," a\tb \n",1/2/2024,${many(' ')}`,
    ];
    await writeFile(join(folder, 'users.csv'), `UserID,UserName,SignUpDate,Country\n${users.join('\n')}\n`);
    for (const feed of ['payments', 'users']) {
      await chain.pickup(feed);
      await chain.process(feed);
    }
    expect(await chain.warehouse.query('select line_number, reasons from gear.quarantine')).toEqual([
      { line_number: expect.any(Number), reasons: 'bad_amount' },
    ]);
    const of = (row: string, amount: string, type: string) => ({ id: row, amount, transaction_date: '2024-02-01', type });
    expect(
      await chain.warehouse.query(
        'select cast(transaction_id as char) as id, amount, transaction_date, type from bulk.payments order by transaction_id',
      ),
    ).toEqual([
      of('2', '5.25', 'Deposit'),
      of('3', '-5.25', 'Deposit'),
      of('4', '-0.50', 'Deposit'),
      of('5', '0.00', 'Deposit'),
      of('6', '1.00', 'Withdrawal'),
      of('8', '1.00', 'Correction'),
      of('18446744073709551615', '5.25', 'Deposit'),
    ]);
    expect(await chain.warehouse.query('select user_name, country from bulk.users where user_id > 10 order by user_id')).toEqual([
      { user_name: 'é ü', country: 'Spain' },
      { user_name: 'é ü', country: 'Spain' },
      { user_name: 'a\tb', country: 'Unknown' },
    ]);
  }, 120_000);
});
