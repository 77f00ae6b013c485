import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { FolderChain } from '../../support/folder-chain.js';
import { compileFile } from '../../support/mart-warehouse.js';
import { warehouses } from '../../support/servers/servers.js';

jest.setTimeout(300_000);

describe.each(warehouses)('reviews of designs on $name', ({ url }) => {
  let chain: FolderChain;
  beforeAll(async () => {
    chain = await FolderChain.open(url, { pipeline: await compileFile('totesys_files') });
  });
  afterAll(() => chain.close());

  const deliver = async (name: string, day: number, reviews: readonly object[] | string) => {
    const file = join(chain.folder, name);
    writeFileSync(file, typeof reviews === 'string' ? reviews : reviews.map((review) => `${JSON.stringify(review)}\n`).join(''));
    utimesSync(file, new Date(Date.UTC(2026, 0, day)), new Date(Date.UTC(2026, 0, day)));
    await chain.pickup('product_reviews');
    await chain.process('product_reviews');
    await chain.refresh();
  };
  const marts = async () =>
    (await chain.warehouse.query('select * from bus.design_reviews order by design_id')).map((row) => Object.values(row).map(String));

  it('count the later delivery of each, by design, half a hundredth away from zero', async () => {
    const review = (review_id: number, design_id: number, stars: number, rest = {}) => ({ review_id, design_id, stars, ...rest });
    const eight = [5, 5, 5, 5, 5, 5, 5, 4].map((stars, index) =>
      review(index + 1, 1, stars, { text: ' good ', reviewed_at: '2026-01-01T10:00:00.5Z' }),
    );
    await deliver('product_reviews-1.ndjson', 1, [...eight, review(9, 2, 3, { text: { de: 'gut' }, extra: [1] }), review(10, 2, 6)]);
    expect(await marts()).toEqual([
      ['1', '8', '4.88'],
      ['2', '1', '3.00'],
    ]);
    expect(
      await chain.warehouse.query('select review_text, reviewed_at from bulk.product_reviews where review_id in (1, 9) order by review_id'),
    ).toEqual([
      { review_text: ' good ', reviewed_at: '2026-01-01 10:00:00.500000' },
      { review_text: '{"de":"gut"}', reviewed_at: null },
    ]);
    expect(await chain.warehouse.query('select reasons from gear.quarantine')).toEqual([{ reasons: 'bad_number' }]);
    await deliver('product_reviews-2.ndjson', 2, [review(8, 2, 1)]);
    const after = [
      ['1', '7', '5.00'],
      ['2', '2', '2.00'],
    ];
    expect(await marts()).toEqual(after);
    await chain.refresh(true);
    expect(await marts()).toEqual(after);
  });

  it('come in arrays too, of which one that is cut brings nothing', async () => {
    const before = await marts();
    const cut = `[{"review_id":20,"design_id":3,"stars":5},\n${'{"review_id":21,"design_id":3,"stars":4},\n'.repeat(3)}{"review_id":22,"desi`;
    await deliver('product_reviews-3.json', 3, cut);
    expect(await marts()).toEqual(before);
    expect(await chain.warehouse.query("select reasons, line_number from gear.quarantine where object_key like '%-3.json'")).toEqual([
      { reasons: 'bad_json', line_number: 0 },
    ]);
    const refused = await chain.warehouse.query<{ problem: string }>('select problem from gear.refusals');
    expect(refused).toEqual([{ problem: 'the file ends in line 5, before its array does. Deliver the whole file' }]);

    const pretty = JSON.stringify(
      [{ review_id: 20, design_id: 3, stars: 5, text: ['a', { b: 1 }] }, { review_id: 1, design_id: 3, stars: 4 }, { design_id: 3 }],
      undefined,
      2,
    );
    await deliver('product_reviews-4.json', 4, pretty);
    expect(await marts()).toEqual([
      ['1', '6', '5.00'],
      ['2', '2', '2.00'],
      ['3', '2', '4.50'],
    ]);
    expect(await chain.warehouse.query('select review_text from bulk.product_reviews where review_id = 20')).toEqual([
      { review_text: JSON.stringify(['a', { b: 1 }], undefined, 2).replaceAll('\n', '\n    ') },
    ]);
    expect(await chain.warehouse.query("select reasons, line_number from gear.quarantine where object_key like '%-4.json'")).toEqual([
      { reasons: 'bad_key,bad_number', line_number: 18 },
    ]);
  });
});
