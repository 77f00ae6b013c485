import { describe, expect, it } from '@jest/globals';
import { validatePipelines } from '../../../src/engine/definition/validate.js';
import { trips } from '../../../src/pipelines/trips.js';

type Changes = Readonly<Record<string, unknown>>;

function mistakesOf({ entity = {}, feed = {}, column = {} }: { entity?: Changes; feed?: Changes; column?: Changes }): string {
  const [own] = trips.feeds;
  const [first, ...others] = own!.columns;
  const feeds = [{ ...own, columns: [{ ...first, ...column }, ...others], ...feed }];
  try {
    validatePipelines([{ ...trips, feeds, entities: [{ ...trips.entities[0], ...entity }] }]);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('an append entity', () => {
  it('is taken as trips has it', () => {
    expect(mistakesOf({})).toBe('');
  });

  it.each<[string, Parameters<typeof mistakesOf>[0], string]>([
    ['a key', { entity: { key: ['region'] } }, 'entities[0].key: has no effect where rows are appended. Leave it out'],
    ['indexes', { entity: { indexes: [['datetime']] } }, 'entities[0].indexes: has no effect where rows are appended. Leave it out'],
    ['a cell of no point', { entity: { cell: 'datetime' } }, 'entities[0].cell: datetime is timestamp. Name a point'],
    ['an order by a text', { entity: { order: ['region'] } }, "entities[0].order[0]: region must be a timestamp with zone 'none'"],
    [
      'a filter',
      { entity: { from: [{ feed: 'trips', where: { filled: 'region' } }] } },
      'from[0].where: has no effect where rows are appended',
    ],
    ['files of JSON', { feed: { format: { kind: 'ndjson' } } }, 'feeds[0].format.kind: must be csv, because rows of trips are appended'],
    ['texts for NULL', { feed: { format: { nulls: ['NULL'] } } }, "feeds[0].format: can't say what NULL is"],
    ['a nullable dictionary', { column: { nullable: true, reason: 'too_long' } }, 'is not possible for region, which is stored as numbers'],
    [
      'a dictionary without a reason for a full one',
      { column: { reason: { bad: 'too_long', empty: 'missing_region' } } },
      'columns[0].reason: must be { bad, empty, full }',
    ],
    [
      'a column of the name of its own',
      { column: { name: 'n' }, entity: { values: ['n'], cell: undefined, order: undefined } },
      'n is a column of the table anyway',
    ],
    [
      'a copy by the cell of the entity',
      { entity: { copies: [{ cell: 'origin', values: ['origin'] }] } },
      'entities[0].copies[0].cell: rows are stored by the cell of origin already. Name another point',
    ],
    [
      'a copy by no point',
      { entity: { copies: [{ cell: 'datetime', values: ['datetime'] }] } },
      'entities[0].copies[0].cell: datetime is timestamp. Name a point',
    ],
    [
      'a copy without its point',
      { entity: { copies: [{ cell: 'destination', values: ['region'] }] } },
      'entities[0].copies[0].values: lack destination, by whose cell they are stored. Add it',
    ],
    [
      'a copy of a column twice',
      { entity: { copies: [{ cell: 'destination', values: ['destination', 'region', 'region'] }] } },
      'entities[0].copies[0].values[2]: region is there already. Leave it out',
    ],
    [
      'a copy of no value',
      { entity: { copies: [{ cell: 'destination', values: ['destination', 'colour'] }] } },
      "entities[0].copies[0].values[1]: colour is not in the entity's values. Add it there or leave it out",
    ],
    [
      'copies and no cell',
      { entity: { cell: undefined, copies: [{ cell: 'origin', values: ['origin'] }] } },
      'entities[0].copies: need a cell that the rows themselves are stored by. Give the entity one',
    ],
    [
      'a key and no append',
      { entity: { append: undefined, key: ['datetime'] } },
      'origin is a point, which append entities alone can hold',
    ],
  ])('is refused with %s', (_what, changes, expected) => {
    expect(mistakesOf(changes)).toContain(expected);
  });
});
