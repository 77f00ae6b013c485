import { describe, expect, it } from '@jest/globals';
import { compilePipelines } from '../../src/engine/compile-pipelines.js';
import type { PipelineDefinition } from '../../src/engine/definition/types.js';
import { trips } from '../../src/pipelines/trips.js';

const pipeline = (name: string): PipelineDefinition => ({
  name,
  sourceSetting: `${name.toUpperCase()}_SOURCE_URL`,
  schedules: { pickup: '*/5 * * * *', process: '*/10 * * * *', aggregate: '*/10 * * * *' },
  feeds: [
    {
      name: `${name}_sales`,
      match: '^sales.*$',
      reasons: ['bad_key', 'too_long'],
      columns: [
        { name: 'sale_id', header: 'sale', type: { kind: 'integer', min: '1', max: '100' }, reason: 'bad_key' },
        { name: 'city', header: 'city', type: { kind: 'text', maxLength: 20, empty: '' }, reason: 'too_long' },
      ],
    },
  ],
  entities: [{ name: `${name}_sales`, key: ['sale_id'], values: ['city'], from: [{ feed: `${name}_sales` }] }],
  surrogates: [{ name: `${name}_ids`, id: 'city_id', value: 'city', from: [{ entity: `${name}_sales`, column: 'city' }] }],
  vault: { hubs: [], links: [], satellites: [] },
  sqlFolder: 'sql',
});
const mart = (target: string, entity: string, header = '') => `-- mart: ${target}
-- Sales by city.
-- key: city
${header}
-- columns
city varchar(20)
sales bigint

-- affected by ${entity}
select c.new_city as city from changes.${entity} c

-- affected by ${entity}
select c.old_city as city from changes.${entity} c

-- rows
select s.city, count(*) from [[affected straight_join]] bulk.${entity} s [[on s.city = affected.city]] group by s.city
`;
const additive = (target: string) => `-- mart: ${target}
-- kind: additive
-- of: trips
-- key: region

-- columns
region smallint unsigned
trips bigint sum

-- rows
select t.region, count(*) from landed.trips t group by t.region
`;
const source = (name: string, target: string, header?: string) => ({
  definition: pipeline(name),
  sqlFiles: [{ path: 'bus/sales.sql', text: mart(target, `${name}_sales`, header) }],
});
const mistakesOf = (...sources: Parameters<typeof compilePipelines>[0]): string[] => {
  try {
    compilePipelines(sources);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
};

describe('the pipelines of one warehouse', () => {
  it('are accepted when their marts have names of their own', () => {
    expect(mistakesOf(source('north', 'bus.north_sales'), source('south', 'bus.south_sales'))).toEqual([]);
  });

  it('are refused when two of them make the same mart', () => {
    expect(mistakesOf(source('north', 'bus.sales'), source('south', 'bus.sales'))).toEqual([
      'south: sql/bus/sales.sql: makes the table bus.sales, which north: sql/bus/sales.sql makes already. Rename one',
      'south: sql/bus/sales.sql: makes the table gear.affected_sales, which north: sql/bus/sales.sql makes already. Rename one',
    ]);
  });

  it('are refused when a mart makes a surrogate, a table of counts or a table of the engine again', () => {
    expect(mistakesOf(source('north', 'gear.north_ids'))).toEqual([
      'north: sql/bus/sales.sql: makes the table gear.north_ids, which north: surrogate north_ids makes already. Rename one',
    ]);
    expect(mistakesOf(source('north', 'bus.cities', '-- count by: sales\n'), source('south', 'gear.cities_by_sales'))).toEqual([
      'south: sql/bus/sales.sql: makes the table gear.cities_by_sales, which north: sql/bus/sales.sql makes already. Rename one',
    ]);
    expect(mistakesOf(source('north', 'gear.loads'))).toEqual([
      "north: sql/bus/sales.sql: gear.loads is a name of the engine's own tables. Choose another",
    ]);
  });

  it('are refused when two of them make the same additive mart, or its table of sums again', () => {
    const sums = (name: string, target: string) => ({
      definition: { ...trips, name, areas: [] },
      sqlFiles: [{ path: 'bus/sums.sql', text: additive(target) }],
    });
    expect(mistakesOf(sums('north', 'gear.by_region'), sums('south', 'gear.by_region'))).toEqual([
      'south: sql/trips/bus/sums.sql: makes the table gear.by_region, which north: sql/trips/bus/sums.sql makes already. Rename one',
      'south: sql/trips/bus/sums.sql: makes the table gear.by_region_sums, which north: sql/trips/bus/sums.sql makes already. Rename one',
    ]);
    expect(mistakesOf(sums('north', 'gear.by_region'), source('south', 'gear.by_region_sums'))).toEqual([
      'south: sql/bus/sales.sql: makes the table gear.by_region_sums, which north: sql/trips/bus/sums.sql makes already. Rename one',
    ]);
    expect(mistakesOf(sums('north', 'gear.loads'))).toEqual([
      "north: sql/trips/bus/sums.sql: gear.loads is a name of the engine's own tables. Choose another",
    ]);
  });

  it('are refused when a mart or an export lies where nobody reads it', () => {
    const { definition } = source('north', 'bus.north_sales');
    const text = mart('bus.north_sales', 'north_sales');
    const files = { 'sales.sql': text, 'bsu/view.sql': '-- view: bus.v\nselect 1', 'e.sql': '-- export: e' };
    expect(mistakesOf({ definition, sqlFiles: Object.entries(files).map(([path, each]) => ({ path, text: each })) }).slice(1, 4)).toEqual([
      'sql/sales.sql:1: Strata looks for a file that begins with `-- mart:` in sql/bus only. Move it there',
      'sql/bsu/view.sql:1: Strata looks for a file that begins with `-- view:` in sql/bus only. Move it there',
      'sql/e.sql:1: Strata looks for a file that begins with `-- export:` in sql/exports only. Move it there',
    ]);
    expect(mistakesOf({ definition, sqlFiles: [{ path: 'reports/daily.sql', text: '-- a query of a person\nselect 1' }] })).toEqual([]);
  });

  it('are refused with the mistakes of all of them at once', () => {
    const broken = (name: string) => source(name, `bus.${name}`, '-- colour: red\n');
    expect(mistakesOf(broken('north'), broken('south')).filter((line) => line.startsWith('the marts of'))).toHaveLength(2);
  });
});
