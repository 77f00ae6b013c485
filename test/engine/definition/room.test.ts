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
});
