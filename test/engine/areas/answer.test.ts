import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDays } from '../../../src/contracts/dates/dates.js';
import { areaAnswer, average } from '../../../src/engine/areas/area-answer.js';
import { parseAreaRequest } from '../../../src/engine/areas/area-request.js';
import { hasWeeks, periodParts } from '../../../src/engine/areas/period-parts.js';
import { isoWeek, mondayOf, weekName, weekOfDate, weekOfYearWeek, yearWeek } from '../../../src/engine/areas/weeks.js';

const area = { name: 'weekly', entity: 'trips', points: ['origin', 'destination'], time: 'datetime', of: 'region' };
const days = fc.integer({ min: 0, max: 3_287_181 }).map((offset) => addDays('1000-01-01', offset));

describe('ISO weeks', () => {
  it.each([
    ['2018-05-28', '2018-W22'],
    ['2018-12-31', '2019-W01'],
    ['2021-01-03', '2020-W53'],
    ['2016-01-03', '2015-W53'],
    ['1969-12-28', '1969-W52'],
    ['1969-12-29', '1970-W01'],
    ['1000-01-01', '1000-W01'],
    ['9999-12-31', '9999-W52'],
  ])('%s lies in %s', (date, week) => {
    expect(weekName(weekOfDate(date))).toBe(week);
  });

  it('follow each other from Monday to Monday, and go there and back', () => {
    fc.assert(
      fc.property(days, (day) => {
        const week = weekOfDate(day);
        expect(mondayOf(week) <= day && day <= addDays(mondayOf(week), 6)).toBe(true);
        expect(weekOfYearWeek(yearWeek(week))).toBe(week);
        expect(isoWeek(week).week).toBeGreaterThanOrEqual(1);
        expect(isoWeek(week).week).toBeLessThanOrEqual(53);
      }),
    );
  });
});

describe('the parts of a period', () => {
  it('are each of its days once: in whole weeks, or by itself', () => {
    fc.assert(
      fc.property(days, fc.integer({ min: 0, max: 40 }), (from, length) => {
        const to = addDays(from, length);
        const parts = periodParts({ from, to });
        const { first, last } = parts.weeks;
        const covered = (day: string) =>
          Number(parts.days.includes(day)) +
          Number(hasWeeks(parts) && first! <= yearWeek(weekOfDate(day)) && yearWeek(weekOfDate(day)) <= last!);
        for (let offset = -8; offset <= length + 8; offset++) {
          const day = addDays(from, offset);
          expect(covered(day)).toBe(day >= from && day <= to ? 1 : 0);
        }
      }),
    );
  });

  it('have no end on a side without a day', () => {
    expect(periodParts({})).toEqual({ weeks: { first: undefined, last: undefined }, days: [] });
    expect(periodParts({ from: '2018-05-28' })).toEqual({ weeks: { first: 201822, last: undefined }, days: [] });
    expect(periodParts({ to: '2018-05-29' })).toEqual({ weeks: { first: undefined, last: 201821 }, days: ['2018-05-28', '2018-05-29'] });
  });
});

describe('the answer', () => {
  const counts = new Map([
    [weekOfDate('2018-05-28'), 4],
    [weekOfDate('2018-06-11'), 8],
  ]);

  it('lists every week from the first row to the last, empty ones too', () => {
    expect(JSON.parse(JSON.stringify(areaAnswer(parseAreaRequest(area, {}), counts)))).toEqual({
      trips: 12,
      weeks: 3,
      average: '4.000',
      first_week: '2018-W22',
      last_week: '2018-W24',
      series: [
        { year: 2018, week: 22, trips: 4 },
        { year: 2018, week: 23, trips: 0 },
        { year: 2018, week: 24, trips: 8 },
      ],
    });
  });

  it('divides by the weeks of the days that were given, those without rows and cut ones as well', () => {
    expect(areaAnswer(parseAreaRequest(area, { from: '2018-05-17', to: '2018-06-17' }), counts)).toMatchObject({
      weeks: 5,
      average: '2.400',
      first_week: '2018-W20',
      last_week: '2018-W24',
    });
    expect(areaAnswer(parseAreaRequest(area, { from: '2018-05-17', to: '2018-05-18' }), new Map())).toEqual({
      trips: 0,
      weeks: 1,
      average: '0.000',
      first_week: '2018-W20',
      last_week: '2018-W20',
      series: [{ year: 2018, week: 20, trips: 0 }],
    });
  });

  it('of no rows has no weeks', () => {
    const none = { trips: 0, weeks: 0, average: '0.000', first_week: null, last_week: null, series: [] };
    expect(areaAnswer(parseAreaRequest(area, {}), new Map())).toEqual(none);
    expect(areaAnswer(parseAreaRequest(area, { from: '2018-05-17', box: '4,3,2,1' }), new Map())).toEqual({ ...none, box: [2, 1, 4, 3] });
  });

  it('of more than 2,000 weeks is refused and asks for days', () => {
    const far = new Map([...counts, [weekOfDate('2018-05-28') + 2_000, 1]]);
    expect(() => areaAnswer(parseAreaRequest(area, {}), far)).toThrow(/2001 weeks, from 2018-W22 to .* Name the days/);
    far.delete(weekOfDate('2018-05-28'));
    expect(areaAnswer(parseAreaRequest(area, {}), far).weeks).toBe(1_999);
  });

  it.each([
    [1, 3, '0.333'],
    [2, 3, '0.667'],
    [1, 2_000, '0.001'],
    [1, 2_001, '0.000'],
    [6, 11, '0.545'],
    [5, 16, '0.313'],
    [Number.MAX_SAFE_INTEGER, 1, '9007199254740991.000'],
  ])('%d in %d weeks are %s on average', (trips, weeks, text) => {
    expect(average(trips, weeks)).toBe(text);
  });
});

describe('a question', () => {
  it('is by the first point where it says nothing, and by both where it says so', () => {
    expect(parseAreaRequest(area, {}).by).toEqual(['origin']);
    expect(parseAreaRequest(area, { by: 'destination' }).by).toEqual(['destination']);
    expect(parseAreaRequest(area, { by: 'both' }).by).toEqual(['origin', 'destination']);
  });

  it.each([
    [{ by: 'start' }, /by must be one of origin, destination, both, not "start"/],
    [{ from: '2018-02-30' }, /from must be a day of the years 1000 to 9999, such as 2018-05-28, not "2018-02-30"$/],
    [{ to: '0999-12-31' }, /to must be a day of the years 1000 to 9999, such as 2018-05-28, not "0999-12-31"$/],
    [{ to: 'today' }, /to must be a day/],
    [{ from: '2018-02-02', to: '2018-02-01' }, /from 2018-02-02 is after to 2018-02-01: swap them/],
    [{ wrap: true }, /wrap is for a box/],
    [{ box: '1,2' }, /a box is/],
  ])('%j is refused with what to write', (texts, message) => {
    expect(() => parseAreaRequest(area, texts)).toThrow(message);
  });
});
