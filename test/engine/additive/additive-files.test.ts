import { describe, expect, it } from '@jest/globals';
import { loadMarts } from '../../../src/engine/marts/load-marts.js';
import { trips } from '../../../src/pipelines/trips.js';

const right = `-- mart: gear.trip_hours
-- kind: additive
-- of: trips
-- key: hour
-- Trips by hour of day.

-- columns
hour tinyint unsigned
trips bigint sum

-- rows
select hour(t.datetime), count(*)
from landed.trips t
group by hour(t.datetime)
`;
const load = (text: string) => loadMarts([{ path: 'bus/trip_hours.sql', text }], trips);

describe('a file of an additive mart', () => {
  it('says its key, and how each other column adds up', () => {
    const mart = load(right).additiveMarts.at(-1);
    expect(mart).toMatchObject({
      target: 'gear.trip_hours',
      entity: 'trips',
      description: 'Trips by hour of day.',
      key: [{ name: 'hour', type: 'tinyint unsigned not null' }],
      values: [{ name: 'trips', type: 'bigint', combine: 'sum' }],
      columns: ['hour', 'trips'],
    });
  });

  it.each([
    ['gear.trip_hours', 'bus.trip_hours', /:1: an additive mart is in gear/],
    ['additive', 'rolling', /:2: `kind` is `additive`/],
    ['of: trips', 'of: rides', /:3: is of rides, and the pipeline has no such entity/],
    ['-- key: hour', '-- key: hour\n-- after: gear.other', /:5: an additive mart has no `after`/],
    ['bigint sum', 'bigint', /trips is either in the key or ends with sum, min, max/],
    ['hour tinyint unsigned', 'hour tinyint unsigned sum', /hour is either in the key or ends with sum, min, max/],
    ['bigint sum', 'bigint null sum', /trips may be null/],
    [
      'bigint sum',
      'bigint avg',
      /:9: trips: .* the type bigint avg. A line is `name type` for the key, or `name type sum`, `name type min`/,
    ],
    ['landed.trips t', 'bulk.trips t', /`rows` reads landed.trips, once/],
    ['landed.trips t', 'landed.trips t join bulk.trips_region r on r.id = t.region', /`rows` reads landed.trips alone/],
  ])('with %j as %j is refused with what to write', (part, instead, message) => {
    expect(() => load(right.replace(part, instead))).toThrow(message);
  });
});
