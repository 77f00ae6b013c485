import { describe, expect, it } from '@jest/globals';
import { addDays, countDates, dateOf, isDate } from '../../src/contracts/dates.js';

describe('a date', () => {
  it.each(['2024-01-31', '2024-02-29', '1000-01-01', '9999-12-31'])('is %s', (text) => expect(isDate(text)).toBe(true));

  it.each([
    '2024-02-30',
    '2023-02-29',
    '2024-13-01',
    '2024-00-10',
    '0999-12-31',
    '2024-1-31',
    '20240131',
    ' 2024-01-31',
    '2024-01-31T00:00',
    '',
  ])('is not %j', (text) => expect(isDate(text)).toBe(false));

  it('has others before and after it, as far as there are dates', () => {
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
    expect(addDays('2024-03-01', -1)).toBe('2024-02-29');
    expect(addDays('2024-01-01', 366)).toBe('2025-01-01');
    expect(addDays('9999-12-31', 1)).toBe('9999-12-31');
    expect(countDates({ from: '2020-01-01', to: '2020-12-31' })).toBe(366);
    expect(countDates({ from: '2020-01-01', to: '2020-01-01' })).toBe(1);
    expect(dateOf(new Date('2020-06-22T23:59:59.999Z'))).toBe('2020-06-22');
  });
});
