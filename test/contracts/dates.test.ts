import { describe, expect, it } from '@jest/globals';
import { commandOfRun, isPartial, runScope, sumOfDates, wholeListOf, withFailedOutputs } from '../../src/contracts/dates/dated-runs.js';
import { addDays, countDates, dateOf, datesOf, isDate, monthsOf, periodsOf } from '../../src/contracts/dates/dates.js';
import { workflowIds } from '../../src/contracts/names.js';
import type { RunInput } from '../../src/contracts/workflows.js';

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

describe('the months of a period', () => {
  it('are whole but for the first and the last one', () => {
    expect([...monthsOf({ from: '2020-01-31', to: '2020-03-01' })]).toEqual([
      { from: '2020-01-31', to: '2020-01-31' },
      { from: '2020-02-01', to: '2020-02-29' },
      { from: '2020-03-01', to: '2020-03-01' },
    ]);
    expect([...monthsOf({ from: '2020-12-05', to: '2020-12-05' })]).toEqual([{ from: '2020-12-05', to: '2020-12-05' }]);
    expect([...monthsOf({ from: '9999-12-30', to: '9999-12-31' })]).toHaveLength(1);
    expect([...monthsOf({ from: '2010-01-01', to: '2020-01-08' })].flatMap(datesOf)).toEqual(
      datesOf({ from: '2010-01-01', to: '2020-01-08' }),
    );
  });
});

describe('dates as periods', () => {
  it('have no gaps, and each date once', () => {
    expect(periodsOf(['2020-03-01', '2020-02-28', '2020-02-29', '2020-03-03', '2020-03-01'])).toEqual([
      { from: '2020-02-28', to: '2020-03-01' },
      { from: '2020-03-03', to: '2020-03-03' },
    ]);
    expect(periodsOf([])).toEqual([]);
    expect(periodsOf(['9999-12-30', '9999-12-31'])).toEqual([{ from: '9999-12-30', to: '9999-12-31' }]);
  });
});

describe('dates that are not complete', () => {
  const ofDates = (dates: number, incomplete: readonly string[]) => {
    return { dates, empty: { dates: 0, first: [] }, missing: {}, incomplete: wholeListOf(incomplete) };
  };
  const january = datesOf({ from: '2020-01-01', to: '2020-01-25' });

  it('are counted once, where a file and an output failed, however many there are', () => {
    const files = sumOfDates(ofDates(31, january), ofDates(29, ['2020-02-10']));
    expect(files.incomplete).toMatchObject({ dates: 26, first: january.slice(0, 10) });
    const both = withFailedOutputs(files, [
      { from: '2019-12-31', to: '2020-01-02' },
      { from: '2020-02-10', to: '2020-02-11' },
    ]);
    expect(both?.incomplete).toEqual({
      dates: 28,
      first: ['2019-12-31', ...january.slice(0, 9)],
      periods: [
        { from: '2019-12-31', to: '2020-01-25' },
        { from: '2020-02-10', to: '2020-02-11' },
      ],
    });
  });

  it('are some of the dates of a partial run, but not all', () => {
    const whole = { from: '2020-01-01', to: '2020-01-03' };
    const outcome = (incomplete: readonly string[], failed: readonly (typeof whole)[]) =>
      isPartial({ dates: withFailedOutputs(ofDates(3, incomplete), failed) });
    expect(outcome([], [])).toBe(false);
    expect(outcome(['2020-01-02'], [])).toBe(true);
    expect(outcome([], [{ from: '2020-01-02', to: '2020-01-02' }])).toBe(true);
    expect(outcome(['2020-01-02'], [{ from: '2020-01-02', to: '2020-01-03' }])).toBe(true);
    expect(outcome(['2020-01-01'], [{ from: '2020-01-02', to: '2020-01-03' }])).toBe(false);
    expect(outcome([], [whole])).toBe(false);
    expect(withFailedOutputs(undefined, [whole])).toBeUndefined();
  });
});

describe('what a run is for', () => {
  it.each<[Omit<RunInput, 'pipeline'>, string, string]>([
    [{}, 'b2b/run', 'strata run b2b'],
    [{ initial: true }, 'b2b/run/init', 'strata run b2b --init'],
    [{ dates: { from: '2020-06-22', to: '2020-06-22' } }, 'b2b/run/2020-06-22', 'strata run b2b --date 2020-06-22'],
    [
      { dates: { from: '2020-06-01', to: '2020-06-30' }, feeds: ['a', 'b'] },
      'b2b/run/2020-06-01..2020-06-30/a,b',
      'strata run b2b --from 2020-06-01 --to 2020-06-30 --feeds a,b',
    ],
  ])('%j is in its id and in the command that starts it again', (input, id, command) => {
    expect(workflowIds.run('b2b', runScope(input))).toBe(id);
    expect(commandOfRun(id)).toBe(command);
  });
});
