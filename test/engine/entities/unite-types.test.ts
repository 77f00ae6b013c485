import { expect, it } from '@jest/globals';
import { uniteColumn } from '../../../src/engine/entities/entity.js';
import { uniteTypes } from '../../../src/engine/entities/unite-types.js';
import type { ColumnType } from '../../../src/engine/definition/types.js';

const id: ColumnType = { kind: 'integer', min: '1', max: '9223372036854775807' };
const orNone: ColumnType = { ...id, also: ['-1'] };
const united: ColumnType = { kind: 'integer', min: '-1', max: '9223372036854775807' };

it.each<[ColumnType, ColumnType, ColumnType | undefined]>([
  [id, orNone, united],
  [orNone, id, united],
  [orNone, { kind: 'integer', min: '0', max: '18446744073709551615' }, undefined],
  [
    { kind: 'text', maxLength: 5 },
    { kind: 'text', maxLength: 9 },
    { kind: 'text', maxLength: 9 },
  ],
  [
    { kind: 'text', maxLength: 5 },
    { kind: 'text', maxLength: 4, trim: 'none' },
    { kind: 'text', maxLength: 5, trim: 'none' },
  ],
  [
    { kind: 'text', maxLength: 5, trim: 'end' },
    { kind: 'text', maxLength: 5, trim: 'none' },
    { kind: 'text', maxLength: 5, trim: 'none' },
  ],
  [
    { kind: 'text', maxLength: 5 },
    { kind: 'text', maxLength: 5, trim: 'end' },
    { kind: 'text', maxLength: 5, trim: 'end' },
  ],
  [{ kind: 'boolean' }, { kind: 'boolean', true: ['J'], false: ['N'] }, { kind: 'boolean' }],
  [{ kind: 'code', length: 2 }, { kind: 'code', length: 3 }, undefined],
])('%j and %j together are %j', (left, right, expected) => {
  expect(uniteTypes(left, right)).toEqual(expected);
});

it('a column that must be filled is never NULL in the entity', () => {
  const columns = [{ name: 'order_id', type: id, nullable: true, reason: 'bad' }];
  const source = { feed: { name: 'leads', columns }, set: {} };
  expect(uniteColumn('order_id', [source])).toMatchObject({ nullable: true });
  expect(uniteColumn('order_id', [{ ...source, filled: 'order_id' }])).toMatchObject({ nullable: false });
  expect(uniteColumn('order_id', [{ ...source, filled: 'order_id' }, source])).toMatchObject({ nullable: true });
});
