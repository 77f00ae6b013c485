import { describe, expect, it } from '@jest/globals';
import type { Export } from '../../../src/engine/exports/export.js';
import { parseExportFile } from '../../../src/engine/exports/parse-export.js';
import { keyOfPart, partBytesOf } from '../../../src/engine/exports/parts.js';
import type { MartProblem } from '../../../src/engine/marts/mart.js';
import { compileDated, datedFiles } from '../../support/pipelines/dated-pipeline.js';

/** An export with these lines in its header, and what is wrong with it as `line: text`. */
function parsed(...header: readonly string[]): { readonly export: Export; readonly problems: readonly string[] } {
  const problems: MartProblem[] = [];
  const text = [
    '-- export: orders',
    '-- format: csv',
    ...header,
    '',
    '-- columns',
    'id bigint',
    '',
    '-- rows',
    'select id from bus.orders',
    '',
  ];
  const found = parseExportFile({ path: 'exports/orders.sql', text: text.join('\n') }, problems);
  return { export: found!, problems: problems.map(({ line, text: problem }) => `${line}: ${problem}`) };
}

describe('an export with {part} in its key', () => {
  it('has parts of 1 GB, or of the size that its header says', () => {
    const byDefault = parsed('-- to: orders/part-{part}.csv');
    expect([byDefault.problems, byDefault.export.partBytes]).toEqual([[], 1_000_000_000]);
    const small = parsed('-- to: orders/part-{part}.csv', '-- part: 2.5 MB');
    expect([small.problems, small.export.partBytes]).toEqual([[], 2_500_000]);
    expect([0, 12, 99_999].map((part) => keyOfPart(small.export.to, part))).toEqual([
      'orders/part-00000.csv',
      'orders/part-00012.csv',
      'orders/part-99999.csv',
    ]);
  });

  it('has another checksum for another size of parts, because its files are others', () => {
    const [one, other] = ['1 GB', '2 GB'].map((size) => parsed('-- to: orders/part-{part}.csv', `-- part: ${size}`).export.checksum);
    expect(one).not.toEqual(other);
    expect(parsed('-- to: orders/part-{part}.csv').export.checksum).toEqual(one);
  });

  it.each([
    [['-- to: orders/{part}/data.csv'], '3: `{part}` stands in the name of the file, not in a folder: as in part-{part}.parquet'],
    [['-- to: orders/{part}-{part}.csv'], '3: `{part}` is the number of a part and stands once in the key'],
    [['-- to: orders/part-{parts}.csv'], '3: an export needs `-- to: <key>`, such as `daily_sales/part-{part}.parquet`'],
    [['-- to: orders/part-{part}.parquet'], '3: the key of a csv export ends in .csv'],
    ...['1', 'GB', '0 GB', '999 B', '6 TB', '-1 GB', '1 gb', '1 GiB', ''].map((size): [string[], string] => [
      ['-- to: orders/part-{part}.csv', `-- part: ${size}`],
      '4: `part` is the most that a part holds, from 1 kB to 5 TB: write `-- part: 1 GB`',
    ]),
  ])('is refused with %j', (header, problem) => {
    expect(parsed(...header).problems).toEqual([problem]);
  });
});

describe('an export without {part}', () => {
  it('is one file, whatever its size', () => {
    expect(parsed('-- to: orders/part-00000.csv').export.partBytes).toBeNull();
  });

  it('is refused with a size of parts', () => {
    expect(parsed('-- to: orders/part-00000.csv', '-- part: 1 GB').problems).toEqual([
      '4: `part` is the size of a part: put `{part}` into `to` too, as in part-{part}.parquet',
    ]);
  });
});

it.each([
  ['report=sales/{date}/part-{part}.csv', 'report=sales/{date}/part-00000.csv'],
  ['report=sales/{date}/part-00007.csv', 'report=sales/{date}/part-{part}.csv'],
  ['report=sales/{date}/part-{part}.csv', 'report=sales/{date}/part-{part}.csv'],
])('two exports that would write the same file are refused: %s and %s', (to, other) => {
  const twin = datedFiles['exports/sales.sql']!.replace('-- export: sales', '-- export: sales_again').replace(
    /-- to: .*/,
    `-- to: ${other}`,
  );
  const compile = () =>
    compileDated((files) => {
      files['exports/sales.sql'] = files['exports/sales.sql']!.replace(/-- to: .*/, `-- to: ${to}`);
      files['exports/sales_again.sql'] = twin;
    });
  expect(compile).toThrow(`sql/exports/sales_again.sql:1: sql/exports/sales.sql writes ${to} already. Choose another key`);
});

it('sizes have the units of all sizes that Strata shows', () => {
  expect(['1 kB', '64MB', '0.5 GB', '5 TB', '5000 GB'].map(partBytesOf)).toEqual([1_000, 64_000_000, 500_000_000, 5e12, 5e12]);
});
