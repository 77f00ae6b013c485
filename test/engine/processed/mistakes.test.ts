import { beforeAll, describe, expect, it } from '@jest/globals';
import { loadPipelines } from '../../../src/config/load-pipelines.js';
import { compilePipeline } from '../../../src/engine/compiled-pipeline.js';
import type { PipelineDefinition } from '../../../src/engine/definition/types.js';
import { validatePipelines } from '../../../src/engine/definition/validate.js';
import { StrataError } from '../../../src/engine/strata-error.js';
import { eastrock } from '../../../src/pipelines/eastrock.js';
import { totesys } from '../../../src/pipelines/totesys.js';

type SqlFile = { readonly path: string; readonly text: string };
type Change = readonly [path: string, from: string | RegExp, to: string];

let sqlFiles: readonly SqlFile[];
beforeAll(async () => {
  const [pipeline] = await loadPipelines('totesys');
  sqlFiles = pipeline!.sqlFiles;
});

const into = 'TOTESYS_PROCESSED_URL';
const fact = { mart: 'fact_sales_order', newest: 'newest_sales_order', view: 'current_sales_order' };
const file = { fact: 'bus/fact_sales_order.sql', newest: 'bus/newest_sales_order.sql', design: 'bus/dim_design.sql' };

/** What is wrong with totesys once its definition and files are changed so, a line each. */
function mistakesOf(
  processed: object,
  changes: readonly Change[] = [],
  { definition = {}, more = [] }: { readonly definition?: object; readonly more?: readonly SqlFile[] } = {},
): string[] {
  const files = sqlFiles.map(({ path, text }) =>
    changes
      .filter(([changed]) => changed === path)
      .reduce(
        (before, [, from, to]) => {
          const after = { path, text: before.text.replace(from, to) };
          expect(after.text).not.toBe(before.text);
          return after;
        },
        { path, text },
      ),
  );
  return linesOf(() =>
    compilePipeline({ ...totesys, ...definition, processed: { into, ...processed } } as PipelineDefinition, [...files, ...more]),
  );
}

function linesOf(work: () => unknown): string[] {
  try {
    work();
    return [];
  } catch (error) {
    if (!(error instanceof StrataError) || error.type !== 'definition') throw error;
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
}

const absent = (name: string) => `there is no mart bus.${name} that is refreshed by keys. Correct the name, or add its file`;
const calendar = `-- mart: bus.calendar
-- One day.
-- key: sales_order_id

-- columns
sales_order_id int unsigned
sales_record_id int unsigned

-- rows
select 1, 1
`;

describe('the definition of a processed bucket', () => {
  it('is right as totesys has it', () => {
    expect(mistakesOf(totesys.processed!)).toEqual([]);
    expect(mistakesOf({ facts: [{ mart: fact.mart, newest: fact.newest }] })).toEqual([]);
    expect(mistakesOf({ dimensions: ['dim_staff'] })).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['without a table', {}, 'processed: has no facts and no dimensions. Name a mart, or take it out'],
    ['with facts that are no mart', { facts: [{ ...fact, mart: 'fact_sales' }] }, `processed.facts[0].mart: ${absent('fact_sales')}`],
    ['with facts that are a view', { facts: [{ ...fact, mart: fact.view }] }, `processed.facts[0].mart: ${absent(fact.view)}`],
    ['with newest rows that are no mart', { facts: [{ ...fact, newest: fact.view }] }, `processed.facts[0].newest: ${absent(fact.view)}`],
    [
      'with a view that is not there',
      { facts: [{ ...fact, view: 'current_sales' }] },
      'processed.facts[0].view: there is no view bus.current_sales. Correct the name, or add its file',
    ],
    ['with a dimension that is no mart', { dimensions: ['dim_staff', 'dim_stuff'] }, `processed.dimensions[1]: ${absent('dim_stuff')}`],
    [
      'with a dimension twice',
      { dimensions: ['dim_staff', 'dim_staff'] },
      'processed.dimensions[1]: dim_staff is named twice. Take one out',
    ],
    [
      'with facts as a dimension',
      { facts: [fact], dimensions: [fact.mart] },
      `processed.dimensions[0]: ${fact.mart} is named twice. Take one out`,
    ],
    [
      'with newest rows that are the facts themselves',
      { facts: [{ ...fact, newest: fact.mart }] },
      'processed.facts[0].newest: the key of bus.fact_sales_order has sales_record_id, which is of one version. Make it the key of what has versions',
    ],
    [
      'with facts without an id',
      { facts: [{ mart: 'dim_design', newest: 'dim_design' }] },
      'processed.facts[0].mart: bus.dim_design.design_id is not the id of an entity, so a rebuild could not give it back. Take the id of an entity with ids as the key',
    ],
  ])('is refused %s', (_what, processed, mistake) => {
    expect(mistakesOf(processed)).toContain(mistake);
  });

  it.each<[string, object, readonly Change[], string]>([
    [
      'a dimension has a column that Parquet has no type for',
      { dimensions: ['dim_design'] },
      [[file.design, 'file_name varchar(1000) null', 'file_name binary(16) null']],
      'processed.dimensions[0]: bus.dim_design.file_name: Parquet has no type for binary(16) null. Give the column another type',
    ],
    [
      'the newest rows have a column that the facts lack',
      { facts: [fact] },
      [[file.newest, 'sales_record_id int unsigned\n', 'sales_record_id int unsigned\nnote int\n']],
      'processed.facts[0].newest: bus.newest_sales_order has note, which bus.fact_sales_order lacks or has with another type. Take them out',
    ],
    [
      'the newest rows have a column with another type',
      { facts: [fact] },
      [[file.newest, 'sales_record_id int unsigned\n', 'sales_record_id bigint\n']],
      'processed.facts[0].newest: bus.newest_sales_order has sales_record_id, which bus.fact_sales_order lacks or has with another type. Take them out',
    ],
    [
      'the newest rows lack the id',
      { facts: [fact] },
      [[file.newest, 'sales_record_id int unsigned\n', '']],
      'processed.facts[0].newest: bus.newest_sales_order lacks sales_record_id, which says which row of bus.fact_sales_order is the newest. Add the column',
    ],
    [
      'the newest rows are refreshed by a part of their key',
      { facts: [fact] },
      [
        [file.newest, '-- key: sales_order_id', '-- key: sales_order_id, design_id\n-- refresh by: sales_order_id'],
        [file.newest, 'sales_record_id int unsigned\n', 'sales_record_id int unsigned\ndesign_id int unsigned\n'],
      ],
      'processed.facts[0].newest: bus.newest_sales_order is refreshed by a part of its key. Leave `-- refresh by` out',
    ],
    [
      'the facts have a key of two columns',
      { facts: [fact] },
      [[file.fact, '-- key: sales_record_id', '-- key: sales_record_id, sales_order_id\n-- refresh by: sales_record_id']],
      'processed.facts[0].mart: the key of bus.fact_sales_order is sales_record_id, sales_order_id. Make it one id, that of an entity with ids',
    ],
    [
      'the facts lack a part of the key of their entity',
      { facts: [fact] },
      [[file.fact, 'last_updated_time time(6) null\n', '']],
      'processed.facts[0].mart: bus.fact_sales_order lacks last_updated of the key of sales_order_versions, so a rebuild could not give its ids back. Add the columns',
    ],
  ])('is refused where %s', (_what, processed, changes, mistake) => {
    expect(mistakesOf(processed, changes)).toEqual([mistake]);
  });

  it('is refused where nobody can tell when rows change', () => {
    const more = [{ path: 'bus/calendar.sql', text: calendar }];
    const unread = 'bus.calendar reads no changes, so nobody can tell when its rows change. Give it `-- affected by`';
    expect(mistakesOf({ dimensions: ['calendar'] }, [], { more })).toEqual([`processed.dimensions[0]: ${unread}`]);
    expect(mistakesOf({ facts: [{ ...fact, newest: 'calendar' }] }, [], { more })).toEqual([`processed.facts[0].newest: ${unread}`]);
  });

  it('is refused where two facts have the same ids', () => {
    const { text } = sqlFiles.find(({ path }) => path === file.fact)!;
    const more = [{ path: 'bus/fact_orders.sql', text: text.replace('bus.fact_sales_order', 'bus.fact_orders') }];
    expect(mistakesOf({ facts: [fact, { ...fact, mart: 'fact_orders' }] }, [], { more })).toEqual([
      'processed.facts[1].mart: bus.fact_orders has the ids of bus.fact_sales_order, and a rebuild gives them back from one table alone. Take one out',
    ]);
  });

  it('is refused with all mistakes at once', () => {
    expect(mistakesOf({ facts: [{ mart: 'a', newest: 'b', view: 'c' }], dimensions: ['d'] })).toEqual([
      `processed.facts[0].mart: ${absent('a')}`,
      `processed.facts[0].newest: ${absent('b')}`,
      'processed.facts[0].view: there is no view bus.c. Correct the name, or add its file',
      `processed.dimensions[0]: ${absent('d')}`,
    ]);
  });

  it.each<[string, object, string]>([
    [
      'is no environment variable',
      { into: 'bucket' },
      'processed.into: must be the name of an environment variable, such as SHOP_PROCESSED_URL',
    ],
    ['is not there', {}, "processed.into: is missing. Give it as string, in quotes ('...')"],
    [
      'is a setting of something else',
      { into: 'AWS_BUCKET' },
      'processed.into: AWS_BUCKET may be a setting of Strata, AWS or Temporal. Choose another name',
    ],
    [
      'is the lake',
      { into: eastrock.sourceSetting },
      'processed.into: EASTROCK_SOURCE_URL is the sourceSetting already. Give the processed bucket a setting of its own',
    ],
  ])('is refused where its setting %s', (_what, address, mistake) => {
    expect(linesOf(() => validatePipelines([{ ...eastrock, processed: { dimensions: ['dim_staff'], ...address } }]))).toEqual([
      `eastrock: ${mistake}`,
    ]);
  });
});

it('rows of facts are compared with the bucket where another SQL says which of them are the newest', () => {
  const checksumOf = (changes: readonly Change[]) => {
    const files = sqlFiles.map(({ path, text }) => ({
      path,
      text: changes.reduce((all, [of, a, b]) => (of === path ? all.replace(a, b) : all), text),
    }));
    return compilePipeline(totesys, files).processed.map(({ checksum }) => checksum.toString('hex'));
  };
  const [before = '', ...others] = checksumOf([]);
  const [after = '', ...unchanged] = checksumOf([[file.newest, 'coalesce(max(', 'coalesce(min(']]);
  expect(after).not.toBe(before);
  expect(unchanged).toEqual(others);
});
