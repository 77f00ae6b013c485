import { describe, expect, it } from '@jest/globals';
import { brokenRules, ruleLine } from '../../../src/engine/read/broken-rules.js';
import { compileContract, contractChecksum } from '../../../src/engine/read/contract.js';
import { StagedRowCheck } from '../../../src/engine/read/staged-row-check.js';
import type { FeedDefinition } from '../../../src/engine/definition/types.js';
import { scanAll } from './csv/scan-driver.js';

const feed: FeedDefinition = {
  name: 'leads',
  match: '^leads\\.csv$',
  reasons: ['bad_key', 'bad_flag'],
  columns: [
    { name: 'lead_id', header: 'Lead', type: { kind: 'integer', min: '1', max: '99' }, reason: 'bad_key' },
    { name: 'is_sale', header: 'Sale', type: { kind: 'boolean' }, reason: 'bad_flag' },
    { name: 'order_id', header: 'Order', type: { kind: 'integer', min: '1', max: '99' }, nullable: true, reason: 'bad_key' },
  ],
  rules: [{ column: 'is_sale', equals: { filled: 'order_id' }, reason: 'bad_flag' }],
};

describe('a rule of two columns', () => {
  it.each([
    ['1,true,7', ''],
    ['1,false,', ''],
    [' 1 ,"T", 7 ', ''],
    ['1,0,"  "', ''],
    ['1,true,', 'bad_flag'],
    ['1,no,7', 'bad_flag'],
    ['1, "', 'bad_quote'],
    ['1,yes,"	"', 'bad_flag'],
    // What breaks its own type says so alone; a bad order is an order.
    ['1,maybe,7', 'bad_flag'],
    ['1,,7', 'bad_flag'],
    ['1,false,x', 'bad_key,bad_flag'],
    ['1,true,x', 'bad_key'],
    ['0,true,', 'bad_key,bad_flag'],
  ])('is checked in %s', async (row, reasons) => {
    const { rows, rejects } = await scanAll(feed, [Buffer.from(`Lead,Sale,Order\n${row}\n`)]);
    expect([rows.length, rejects.map((reject) => reject.reasons).join()]).toEqual([reasons === '' ? 1 : 0, reasons]);
  });

  it('is checked wherever the file has its columns, and where quotes were doubled', async () => {
    const { rows, rejects } = await scanAll(feed, [Buffer.from('order,lead,sale\n7,1,t\n,2,t\n"""",3,f\n')]);
    expect([rows.map(({ line }) => line), rejects.map(({ line, reasons }) => `${line} ${reasons}`)]).toEqual([
      [2],
      ['3 bad_flag', '4 bad_key,bad_flag'],
    ]);
  });

  it('is explained with the column that it is of', () => {
    const of = (row: string) => brokenRules(feed, ['order_id', 'is_sale', 'lead_id'], ['bad_flag'], Buffer.from(row)).map(ruleLine);
    expect(of(',true,1')).toEqual(['Sale (column 2) must be true where Order is not empty, and false where it is [bad_flag]']);
    expect(of('7,t,1')).toEqual([]);
    expect(of('7,maybe,1')).toHaveLength(1);
    expect(brokenRules(feed, undefined, ['bad_flag'], Buffer.from('x'))[0]?.rule).toContain('Sale must be true where Order is not empty');
  });

  it('tells contracts apart, and holds for rows that were staged by another one', () => {
    expect(contractChecksum({ ...feed, rules: undefined })).not.toBe(contractChecksum(feed));
    const check = new StagedRowCheck(compileContract(feed), ['order_id', 'lead_id', 'is_sale']);
    const row = { row_offset: 1, line_number: 2, order_id: Buffer.from('7'), lead_id: Buffer.from('1'), is_sale: Buffer.from('f') };
    expect(check.rejectOf(row)?.reasons).toEqual(['bad_flag']);
    expect(check.rejectOf({ ...row, is_sale: Buffer.from('t') })).toBeUndefined();
  });
});
