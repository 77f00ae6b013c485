import { describe, expect, it } from '@jest/globals';
import { commonSample, sampled, sampleNames } from '../../../../src/engine/definition/match/sample-names.js';

describe('sample names of a pattern', () => {
  it.each([
    ['^users\\.csv$', ['users.csv']],
    ['^(a|b)-x?\\.csv$', ['a-.csv', 'a-x.csv', 'b-.csv', 'b-x.csv']],
    ['^d\\d{4}$', ['d0000', 'd1111', 'd2222']],
    ['^(?!users)[a-z]+\\.csv$', ['a.csv', 'b.csv', 'c.csv']],
    ['^(a)\\1$', []],
    ['^in/users', ['in/users']],
    ['in/[^/]+\\.csv', ['in/a.csv', 'in/0.csv', 'in/_.csv']],
  ])('of %s are names that it matches', (match, names) => expect(sampleNames(match)).toEqual(names));

  it.each([
    ['^(customers|orders).*', '^orders.*\\.csv$', 'orders.csv'],
    ['^users.*\\.csv$', '^users[-_]\\d{4}\\.csv$', 'users_0000.csv'],
    ['.*', '^games\\.csv$', 'games.csv'],
    ['orders', '^eu-orders', 'eu-orders'],
  ])('tell that %s and %s match a name in common', (one, other, sample) => {
    expect(commonSample(sampled(one), sampled(other))).toBe(sample);
    expect(commonSample(sampled(other), sampled(one))).toBe(sample);
  });

  it.each([
    ['^users([-_].*)?\\.csv$', '^games([-_].*)?\\.csv$'],
    ['users', 'orders'],
    ['^users\\.csv$', '^users\\.csv\\.gz$'],
    ['^orders(?!-eu).*', '^orders-eu'],
    ['^[a-m].*', '^[n-z].*'],
  ])('do not blame %s and %s', (one, other) => expect(commonSample(sampled(one), sampled(other))).toBeUndefined());

  it('are few and short, whatever the pattern', () => {
    for (const match of ['^(a|b|c)(a|b|c)(a|b|c)(a|b|c)(a|b|c)(a|b|c)$', '^\\w{900}$', '^(x{50}y?){50}']) {
      const names = sampleNames(match);
      expect(names.length).toBeLessThanOrEqual(48);
      expect(Math.max(0, ...names.map(({ length }) => length))).toBeLessThanOrEqual(1_024);
    }
  });
});
