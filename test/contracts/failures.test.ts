import { describe, expect, it } from '@jest/globals';
import { byCause } from '../../src/contracts/failures.js';

describe('failures as people read them', () => {
  it('name all parts that one cause stopped in one line, in the order of the first', () => {
    expect(
      byCause([
        'pickup of games: the bucket is denied: check the keys',
        'bus.sales: a number is too large',
        'pickup of users: the bucket is denied: check the keys',
        'games: the bucket is denied',
        'nothing is served',
        'pickup of games: the bucket is denied: check the keys',
      ]),
    ).toEqual([
      'pickup of games, pickup of users: the bucket is denied: check the keys',
      'bus.sales: a number is too large',
      'games: the bucket is denied',
      'nothing is served',
    ]);
  });
});
