import { describe, expect, it } from '@jest/globals';
import { matchMistake } from '../../../../src/engine/definition/match/match-mistakes.js';

describe('the pattern of a feed', () => {
  it.each([
    '^users.*\\.csv$',
    '^users([-_ ].*)?\\.csv$',
    '^(users|games)([-_ ].*)?\\.csv(\\.gz)?$',
    '^.*users.*\\.csv$',
    '^.*_users_.*_2024.*\\.csv$',
    'users.*\\.csv$',
    'users',
    '.',
    '^orders(-\\d+)*\\.csv$',
    '^([a-z]+-)*x\\.csv$',
    '^(?:[a-z]+\\.)+csv$',
    '^[^/]+\\.csv$',
    '^[a-z0-9_-]+\\.csv$',
    '^\\d{4}-\\d{2}-\\d{2}_orders(_part\\d{1,3})?\\.csv$',
    '^[a-z]{1,200}\\.csv$',
    '^(?!test_)users.*\\.csv$',
    '^(?!.*draft).*\\.csv$',
    '^.*(?<!_draft)\\.csv$',
    '^\\p{Lu}\\p{Ll}*_\\p{Nd}+\\.csv$',
    '^(?<name>[a-z]+)_(?<day>\\d+)\\.csv$',
    '^[\\u{1F600}-\\u{1F64F}]+\\.csv$',
    '^((a|b)c)*$',
    '^(a|b|c)+$',
    '^\\bfoo\\b[\\]\\^-]+x$',
    '^.+?\\.csv$',
    '^(?:)$',
    '^(?:(?:a?)*b)*$',
    '^(?:(?:a?)+b)*$',
    '^(?:(?:a?){0,3}b)*$',
    '^(?:a?)+$',
    '^(?:(?:)+a)*$',
    '^(a|)b$',
    '^(?:orders|order-lines|order_items)[-_.]?\\d*\\.(?:csv|txt)$',
  ])('may be %s', (match) => {
    expect(matchMistake(match)).toBeUndefined();
  });

  it.each([
    '^([a-z0-9]+[-_]?)+\\.csv$',
    '^(a+)+$',
    '^(a*)*$',
    '^(a+)*$',
    '^(a|a)*$',
    '^(a|aa)+$',
    '^(a|b|ab)*c$',
    '^(.*)*x$',
    '^(.+)+\\.csv$',
    '^(?:\\w+\\s?)*$',
    '^(?:[a-z]+_?)+$',
    '^(?:a?b?)*$',
    '^(?:a{1,3})*$',
    '^([a-zà-ü]+|[à-ü]x?)+$',
    '^(?:\\w|\\d)+$',
    '^(?:\\p{L}|[a-z])+$',
    '^(?:[\\u{1F600}-\\u{1F60F}]|[\\u{1F60F}-\\u{1F61F}])+$',
    '(x+x+)+y',
    '^(?=(a+)+b)a.*$',
    '^(?!(a+)+b).*$',
    '^users(-?[a-z]*)*\\.csv$',
    '^((ab)*(ab)?)*$',
    '^(?:(?:a|b)*|b)*c$',
    '^([^-]+-?)*\\.csv$',
  ])('must not be %s: it can match one text in very many ways', (match) => {
    expect(matchMistake(match)).toMatch(/several ways/);
  });

  it.each([
    '^.*.*.*.*x$',
    '^.*a.*a.*a.*a.*x$',
    '^a*a*a*a*b$',
    '.*.*.*x',
    '^(a{0,40}){0,40}$',
    '^(ab)*(ab)*(ab)*(ab)*(ab)*(ab)*x$',
    '^x[a-z]*y?[a-z]*z?[a-z]*w?[a-z]*$',
    '^[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?[a-z]?x$',
  ])('must not be %s: long names take too long', (match) => {
    expect(matchMistake(match)).toMatch(/too many parts|repeats too much|optional parts/);
  });

  it('is checked in an instant, and by what it is alone', () => {
    const started = performance.now();
    for (let round = 0; round < 3; round += 1)
      expect(matchMistake('^(?:orders|order-lines)([-_. ][a-z0-9]+)*\\.(?:csv|txt)(?:\\.gz)?$')).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it.each([
    ['(users', 'is not a regular expression of JavaScript'],
    ['^users\\-', 'is not a regular expression of JavaScript'],
    ['^(a)\\1$', 'must not refer back'],
    ['^(?<x>a)\\k<x>$', 'must not refer back'],
    ['a'.repeat(501), 'must have at most 500 characters'],
    ['^(?:(?:[a-z]{1,100}){1,100}){1,100}$', 'repeats too much in numbers'],
  ])('is refused with the reason: %s', (match, reason) => {
    expect(matchMistake(match)).toContain(reason);
  });
});
