import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { GreatestMark } from '../../../src/engine/extract/greatest-mark.js';

const at = '2026-03-01T09:00:00.500000Z';
const noted = (marks: readonly string[], before: string | null = null) => {
  const mark = new GreatestMark(at, before);
  // As it stands in a row: something is before it and behind it.
  for (const each of marks) mark.note(Buffer.from(`7,${each},x\n`), 2, 2 + each.length);
  return { text: mark.text, future: mark.future };
};

describe('the greatest mark', () => {
  it('is the last one up to the snapshot, in whatever order rows come', () =>
    fc.assert(
      fc.property(fc.array(fc.nat(2_000_000), { minLength: 1 }), (millis) => {
        const begin = Date.parse('2026-03-01T08:40:00Z');
        const marks = millis.map((each) => new Date(begin + each).toISOString().replace('T', ' ').replace('Z', ''));
        const seen = marks.filter((each) => each <= '2026-03-01 09:00:00.500').toSorted();
        expect(noted(marks).text).toBe(seen.at(-1) ?? null);
      }),
    ));

  it('counts rows of a clock that is more than five minutes ahead, and does not follow them', () => {
    const marks = ['2026-03-01 08:59:00', '2026-03-01 09:04:00', '2026-03-01 09:05:00.500001', '2027-01-01 00:00:00'];
    expect(noted(marks)).toEqual({ text: '2026-03-01 08:59:00', future: 2 });
  });

  it('is the former one where nothing is later; a longer one of the same time is later', () => {
    expect(noted(['2026-03-01 08:00:00'], '2026-03-01 08:30:00').text).toBe('2026-03-01 08:30:00');
    expect(noted(['2026-03-01 08:30:00', '2026-03-01 08:30:00.25'], '2026-03-01 08:30:00').text).toBe('2026-03-01 08:30:00.25');
    expect(noted(['2026-03-01 08:30:00'], '2026-03-01 08:30:00.25').text).toBe('2026-03-01 08:30:00.25');
  });

  it('is no time that texts do not order: infinity, a year of five digits, a year before Christ, and none at all', () => {
    expect(noted(['infinity', '-infinity', '', '12026-03-01 08:00:00', '0044-03-15 12:00:00 BC'])).toEqual({ text: null, future: 0 });
  });
});
