import { describe, expect, it } from '@jest/globals';
import { ago, duration, until, utc } from '../../src/contracts/format-times.js';

describe('times', () => {
  it.each([
    [0, '0 s'],
    [59.4, '59 s'],
    [61, '1 min 1 s'],
    [3_600, '1 h'],
    [3_725, '1 h 2 min'],
    [90_000, '1 d 1 h'],
    [-5, '0 s'],
  ])('show %d seconds as %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });

  it('read the warehouse as UTC', () => {
    const time = utc('2026-11-21 03:00:00.123456');
    expect(time?.toISOString()).toBe('2026-11-21T03:00:00.123Z');
    expect(ago(time, new Date('2026-11-21T03:02:00.123Z'))).toBe('2 min ago');
    expect(until(time, new Date('2026-11-21T02:59:00.123Z'))).toBe('in 1 min');
    expect(ago(time, new Date('2026-11-21T03:14:48.123Z'))).toBe('14 min ago');
    expect(ago(time, new Date('2026-11-21T04:05:48.123Z'))).toBe('1 h 5 min ago');
    expect(ago(time, new Date('2026-11-21T03:00:48.123Z'))).toBe('48 s ago');
    expect(until(time, new Date('2026-11-21T02:50:06.123Z'))).toBe('in 9 min');
    expect(ago(undefined)).toBe('never');
    expect(utc(null)).toBeUndefined();
  });
});
