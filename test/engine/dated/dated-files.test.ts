import { describe, expect, it } from '@jest/globals';
import { datedMartTable, replaceDate } from '../../../src/engine/dated/dated-mart-statements.js';
import { dateMistake, exportOfDate, sqlOfDate } from '../../../src/engine/dated/dated-output.js';
import { PartitionStates } from '../../../src/engine/dated/partition-states.js';
import { compileDated, datedDefinition, datedFiles, spanFiles } from '../../support/pipelines/dated-pipeline.js';

/** What is said of the pipeline when one text of a file is another. */
function problemsWith(path: string, from: string, to: string): string {
  try {
    compileDated((files) => {
      if (!files[path]!.includes(from)) throw new Error(`${path} has no ${from}`);
      files[path] = files[path]!.replace(from, to);
    });
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('a mart by date', () => {
  const { catalog } = compileDated();
  const mart = catalog.datedMarts.find(({ target }) => target === 'bus.sales')!;

  it('has the date as the first column of its table and of its key', () => {
    expect(datedMartTable(mart)).toMatchObject({
      name: 'bus.sales',
      columns: [{ name: 'report_date', type: 'date not null' }, { name: 'country' }, { name: 'orders' }, { name: 'amount' }],
      primaryKey: ['report_date', 'country'],
    });
  });

  it('replaces the rows of one date', () => {
    const { remove, insert } = replaceDate(mart, '2024-03-01');
    expect(remove).toBe("delete from bus.`sales` where `report_date` = date'2024-03-01'");
    expect(insert).toMatch(/^insert into bus\.`sales` \(`report_date`, `country`, `orders`, `amount`\)\nwith computed \(/);
    expect(insert).toMatch(
      /later\.delivery_date <= date'2024-03-01'[\s\S]*select date'2024-03-01', `country`, `orders`, `amount` from computed$/,
    );
  });

  it.each([
    ['-- by: report_date', '-- by: report_date, other', 'bus/sales.sql:3: `by` names the one column of the date'],
    ['-- key: country', '-- key: report_date, country', '`key`: report_date comes first in the key by itself'],
    ['-- key: country', '-- key: nothing', '`key`: nothing is not a column'],
    ['-- key: country', '-- refresh by: country', 'a mart with `by` has no `refresh by`'],
    ['country varchar(20)', 'report_date date', '`by` makes the column report_date: leave it out'],
    ['up to date', 'before date', '`reads`: write `<entity> up to date` or `<entity> of date`, not `order_versions before date`'],
    ['-- reads: order_versions up to date', '-- reads: nothing up to date', '`reads`: shop has no entity nothing'],
    [
      '-- reads: order_versions up to date',
      '-- reads: visits of date',
      'bulk.order_versions is read, but `-- reads:` does not name order_versions',
    ],
    [
      '-- reads: order_versions up to date',
      '-- reads: order_versions up to date, visits of date',
      '`reads` names visits, but bulk.visits is never read',
    ],
    ['bulk.order_versions v', 'bus.visits_of_date v', 'bus.visits_of_date is read, but is not named in `after`'],
    [
      '-- reads: order_versions up to date',
      '-- reads: order_versions up to date\n-- after: bus.nothing',
      'is after bus.nothing, and there is no such mart',
    ],
    ['v.delivery_date <= {date}', "v.delivery_date <= '{date}'", '`{date}` stands in a string'],
    ['-- rows', '-- affected by order_versions\nselect 1\n-- rows', 'a mart with `by` has no `affected by order_versions`'],
    ['group by v.country', 'group by v.country [[x]]', '`[[ ... ]]` has no meaning'],
    ['-- by: report_date\n', '', '`reads` is for marts by date: add `-- by: <column of the date>`'],
  ])('is refused with %j as %j', (from, to, message) => {
    expect(problemsWith('bus/sales.sql', from, to)).toContain(message);
  });

  it('reads entities whose files have dates', () => {
    const undated = { ...datedDefinition, feeds: datedDefinition.feeds.map(({ partition: _, ...feed }) => feed) };
    expect(() => compileDated(undefined, undated)).toThrow(
      '`reads`: the files of orders, which fills order_versions, have no dates: give the feed a `partition`',
    );
  });

  it('reads marts of no date whose entities it names', () => {
    const compile = (from = '', to = '') =>
      compileDated((files) => {
        Object.assign(files, spanFiles);
        files['bus/total.sql'] = files['bus/total.sql']!.replace(from, to);
      });
    expect(compile().catalog.datedMarts.map(({ target }) => target)).toContain('bus.total');
    expect(() => compile('-- reads: order_versions up to date\n')).toThrow(
      '`reads` must name order_versions, because gear.order_spans changes with it',
    );
  });

  it('can be read by views and outputs by date alone', () => {
    const other = `-- mart: bus.other
-- Reads one.
-- key: country
-- after: bus.sales

-- columns
country varchar(20)

-- rows
select country from bus.sales
`;
    expect(() => compileDated((files) => (files['bus/other.sql'] = other))).toThrow(
      'is after bus.sales, a mart by date, which only outputs by date and views can read',
    );
  });
});

describe('an export by date', () => {
  it('has a key and a select of each date, and stands behind the marts that it reads', () => {
    const { datedOutputs, exports } = compileDated();
    expect([datedOutputs.map(({ output }) => output), exports]).toEqual([['bus.sales', 'bus.visits_of_date', 'orders', 'sales'], []]);
    const [sales] = datedOutputs.filter((output) => output.output === 'sales');
    if (sales?.kind !== 'dated-export') throw new Error('sales is no export');
    expect(exportOfDate(sales, '2024-03-01')).toMatchObject({
      to: 'report=sales/2024-03-01/part-00000.csv',
      rows: "select country, amount from bus.sales where report_date = date'2024-03-01' order by amount desc, country",
    });
  });

  it.each([
    ['to: report=sales/{date}/', 'to: report=sales/', '`{date}` in `rows` is for exports by date: put `{date}` into `to` too'],
    ['-- after: bus.sales\n', '', 'an export by date needs `-- reads: <entity> up to date` or `-- after: <mart by date>`'],
    ['where report_date = {date}', '', '`rows` never uses `{date}`'],
    ['from bus.sales', 'from bulk.order_versions', 'bulk.order_versions is read, but `-- reads:` does not name order_versions'],
    ['to: report=sales/{date}/', 'to: ../{date}/', 'an export needs `-- to: <key>`'],
  ])('is refused with %j as %j', (from, to, message) => {
    expect(problemsWith('exports/sales.sql', from, to)).toContain(message);
  });

  it('is what a mart by date needs: an export of no date can not read one', () => {
    const text = datedFiles['exports/sales.sql']!.replace('{date}/', '').replace(' where report_date = {date}', '');
    expect(() => compileDated((files) => (files['exports/sales.sql'] = text))).toThrow(
      '`after`: bus.sales is a mart by date: put `{date}` into `to`',
    );
  });
});

describe('{date}', () => {
  it('becomes a literal in code, and stays in comments and strings', () => {
    expect(sqlOfDate("select {date} -- {date}\n, '{date}'", '2024-02-29')).toBe("select date'2024-02-29' -- {date}\n, '{date}'");
    expect(() => sqlOfDate('select {date}', "2024-02-29' or 1")).toThrow('not a date');
    expect(dateMistake('select 1 -- {date}')).toMatch(/never uses/);
  });
});

describe('PartitionStates', () => {
  const change = (entity: string, date: string, feed: string, batch: string) => ({ entity, date, feed, batch });
  const states = new PartitionStates([
    change('a', '1000-01-01', 'f', '7'),
    change('a', '2024-03-01', 'f', '3'),
    change('a', '2024-03-01', 'g', '12'),
    change('a', '2024-03-05', 'f', '90071992547409930'),
    change('b', '2024-03-05', 'f', '1'),
  ]);
  const upTo = (date: string) => states.at({ entity: 'a', upTo: true }, date);
  const of = (date: string) => states.at({ entity: 'a', upTo: false }, date);

  it('tell the last batch of each feed up to a date', () => {
    expect(['0999-12-31', '2024-02-29', '2024-03-01', '2024-03-04', '2024-03-05', '9999-12-31'].map(upTo)).toEqual([
      '',
      'f:7',
      'f:7,g:12',
      'f:7,g:12',
      'f:90071992547409930,g:12',
      'f:90071992547409930,g:12',
    ]);
  });

  it('tell those of the date alone', () => {
    expect(['2024-02-29', '2024-03-01', '2024-03-04', '2024-03-05'].map(of)).toEqual(['', 'f:3,g:12', '', 'f:90071992547409930']);
  });
});
