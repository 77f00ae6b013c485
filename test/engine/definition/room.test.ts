import { describe, expect, it } from '@jest/globals';
import { roomOf } from '../../../src/engine/definition/checks/check-sizes.js';
import { validatePipelines } from '../../../src/engine/definition/validate.js';
import { entitiesOf } from '../../../src/engine/entities/entity.js';

/** An entity of texts of these lengths. */
const texts = (key: number, values: readonly number[]) => {
  const column = (name: string, maxLength: number) => ({ name, header: name, type: { kind: 'text', maxLength }, reason: 'too_long' });
  const names = values.map((_, index) => `value_${index}`);
  return {
    name: 'shop',
    sourceSetting: 'SHOP_SOURCE_URL',
    schedules: { pickup: '0 0 1 1 *', process: '0 0 1 1 *', aggregate: '0 0 1 1 *' },
    feeds: [
      {
        name: 'notes',
        match: '^notes.*',
        reasons: ['too_long'],
        columns: [column('note', key), ...values.map((length, index) => column(names[index]!, length))],
      },
    ],
    entities: [{ name: 'notes', key: ['note'], values: names, from: [{ feed: 'notes' }] }],
    surrogates: [],
    vault: { hubs: [], links: [], satellites: [] },
    sqlFolder: 'sql',
  };
};
const roomIn = (definition: unknown) => roomOf(entitiesOf(validatePipelines([definition])[0]!)[0]!);

describe('the room of an entity', () => {
  it('is just what its values and its key can grow by', () => {
    const values = [700, 700, 700, 700, 700, 700, 700, 700, 700, 700, 500, 300];
    const { inValues, inKey } = roomIn(texts(100, values));
    expect(inValues).toBeGreaterThan(100);
    const full = [...values.slice(0, -1), 300 + inValues];
    expect(roomIn(texts(100, full))).toEqual({ inValues: 0, inKey });
    expect(() => validatePipelines([texts(100, [...full.slice(0, -1), full.at(-1)! + 1])])).toThrow(
      /entities\[0\]\.values: make a row of changes of \d+ bytes .*: lower maxLength by 1 character, or give a text more than 768/,
    );
    expect(roomIn(texts(100 + inKey!, [10])).inKey).toBe(0);
    expect(() => validatePipelines([texts(101 + inKey!, [10])])).toThrow(
      /entities\[0\]\.key: makes a key of \d+ bytes .*: lower maxLength by 1 character or leave one out/,
    );
  });

  it('is half a page, in which short texts lie whole and others with 41 bytes', () => {
    const counts = (length: number) => {
      const isGood = (count: number) => {
        try {
          return (
            validatePipelines([
              texts(
                10,
                Array.from({ length: count }, () => length),
              ),
            ]).length === 1
          );
        } catch (error) {
          expect(String(error)).toMatch(
            /entities\[0\]\.values: make a row of which [\d,]+ bytes must lie in one page .* InnoDB allows 8,125/,
          );
          return false;
        }
      };
      return [...Array(130).keys()].slice(1).filter(isGood).length;
    };
    expect(counts(63)).toBe(15);
    expect(counts(64)).toBe(97);
    expect(counts(1_000)).toBe(97);
  });

  it('is a row of staging with 195 columns for a feed', () => {
    const wide = (count: number) => {
      const definition = texts(
        10,
        Array.from({ length: count - 1 }, () => 10),
      );
      return { ...definition, entities: [{ ...definition.entities[0]!, values: [] }] };
    };
    expect(validatePipelines([wide(195)])).toHaveLength(1);
    expect(() => validatePipelines([wide(196)])).toThrow(/feeds\[0\]\.columns: are 196, and InnoDB has room for 195 in a row of staging/);
  });
});
