import { describe, expect, it } from '@jest/globals';
import { validatePipelines } from '../../../src/engine/definition/validate.js';
import { trips } from '../../../src/pipelines/trips.js';

const [weekly] = trips.areas!;
const withAreas = (...areas: readonly object[]) => validatePipelines([{ ...trips, areas }]);

describe('areas of a definition', () => {
  it('are right in the pipeline that is built in', () => {
    expect(withAreas(weekly!)).toHaveLength(1);
  });

  it.each([
    [{ entity: 'rides' }, /areas\[0\]\.entity: there is no entity rides/],
    [{ points: ['destination', 'origin'] }, /areas\[0\]\.points\[0\]: must be origin, the cell of trips/],
    [{ points: ['origin', 'region'] }, /areas\[0\]\.points\[1\]: region is not a column of type point/],
    [{ points: ['origin', 'origin'] }, /areas\[0\]\.points: names a column twice/],
    [{ of: 'datasource' }, /areas\[0\]\.points\[1\]: the copy of trips by destination lacks datasource. Add that to its values/],
    [{ points: [] }, /areas\[0\]\.points: must hold at least one/],
    [{ time: 'region' }, /areas\[0\]\.time: region is not a timestamp column/],
    [{ of: 'datetime' }, /areas\[0\]\.of: datetime is not a text column with dictionary: true/],
  ])('with %j are refused with what to write', (change, message) => {
    expect(() => withAreas({ ...weekly!, ...change })).toThrow(message);
  });

  it('have names that leave room for those of their tables', () => {
    const areas = [{ ...weekly!, name: 'a_name_of_24_characters_' }];
    expect(() => validatePipelines([{ ...trips, tablePrefix: 'fleet_of_town_', areas }])).toThrow(
      /points\[1\]: makes the table gear\.fleet_of_town_trips_a_name_of_24_characters__destination_cell_days_sums, whose name has more than 64/,
    );
  });

  it('have names of their own', () => {
    expect(() => withAreas(weekly!, weekly!)).toThrow(/areas\[1\]\.name: is the name of two areas/);
  });
});
