import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ColumnType } from '../../../src/engine/definition/types.js';
import { traitsOf } from '../../../src/engine/types/column-traits.js';

/** The values that pass, put between other bytes, as in a row. */
function passing(type: ColumnType, values: readonly string[]): string[] {
  const check = traitsOf(type).makeCheck();
  return values.filter((value) => {
    const bytes = Buffer.from(value);
    const row = Buffer.concat([Buffer.from('0/0-0.'), bytes, Buffer.from('/00.00-')]);
    return check(row, 6, 6 + bytes.length);
  });
}

describe('column checks', () => {
  it('keeps integers within their bounds, of any length and with any leading zeros', () => {
    const key: ColumnType = { kind: 'integer', min: '1', max: '4294967295' };
    const good = ['1', '01', '4294967295', '0'.repeat(500) + '4294967295', '999999999'];
    expect(
      passing(key, [...good, '0', '000', '4294967296', '10000000000', '+1', '-1', '1.0', '1 2', '1e3', '٣', '１', 'x', '9'.repeat(400)]),
    ).toEqual(good);
    const big: ColumnType = { kind: 'integer', min: '1', max: '18446744073709551615' };
    expect(passing(big, ['18446744073709551615', '18446744073709551616', '018446744073709551615'])).toEqual([
      '18446744073709551615',
      '018446744073709551615',
    ]);
    expect(passing({ kind: 'integer', min: '0', max: '2147483647' }, ['0', '00', '2147483647', '2147483648'])).toEqual([
      '0',
      '00',
      '2147483647',
    ]);
    expect(passing({ kind: 'integer', min: '15', max: '120' }, ['14', '15', '9', '99', '120', '121'])).toEqual(['15', '99', '120']);
  });

  it('keeps days of every format as a reference does', () => {
    const forms = {
      'd/m/yyyy': /^(?<d>\d{1,2})\/(?<m>\d{1,2})\/(?<y>\d{4})$/,
      'd.m.yyyy': /^(?<d>\d{1,2})\.(?<m>\d{1,2})\.(?<y>\d{4})$/,
      'd-m-yyyy': /^(?<d>\d{1,2})-(?<m>\d{1,2})-(?<y>\d{4})$/,
      'm/d/yyyy': /^(?<m>\d{1,2})\/(?<d>\d{1,2})\/(?<y>\d{4})$/,
      'yyyy-mm-dd': /^(?<y>\d{4})-(?<m>\d{2})-(?<d>\d{2})$/,
      'yyyy/mm/dd': /^(?<y>\d{4})\/(?<m>\d{2})\/(?<d>\d{2})$/,
      yyyymmdd: /^(?<y>\d{4})(?<m>\d{2})(?<d>\d{2})$/,
    } as const;
    const number = (...values: string[]) => fc.constantFrom('1', '9', '02', '12', '13', '29', '30', '31', '00', '', 'x', ...values);
    const sign = fc.constantFrom('/', '.', '-', '', '--');
    const text = fc
      .tuple(number('2024', '1900', '999'), sign, number(), sign, number('2023', '2000', '9999', '0999'))
      .map((parts) => parts.join(''));
    const good = (pattern: RegExp, value: string) => {
      const { y = '', m = '', d = '' } = pattern.exec(value)?.groups ?? {};
      const date = new Date(Date.UTC(Number(y), Number(m) - 1, Number(d)));
      return Number(y) >= 1000 && date.getUTCMonth() === Number(m) - 1 && date.getUTCDate() === Number(d);
    };
    fc.assert(
      fc.property(text, (value) => {
        for (const [format, pattern] of Object.entries(forms))
          expect([format, value, passing({ kind: 'date', format: format as keyof typeof forms }, [value]).length]).toEqual([
            format,
            value,
            good(pattern, value) ? 1 : 0,
          ]);
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    [',', '.'],
    [',', ' '],
    ['.', "'"],
    [',', undefined],
  ] as const)('keeps decimals with the point %s and %s between thousands as a reference does', (point, thousands) => {
    const type: ColumnType = { kind: 'decimal', precision: 8, scale: 2, point, ...(thousands && { thousands }) };
    const between =
      thousands === ' ' ? '[ \u00a0\u202f]' : thousands === "'" ? "['\u2019]" : thousands === undefined ? '(?!)' : `\\${thousands}`;
    const form = new RegExp(`^-?(\\d+|\\d{1,3}(${between}\\d{3})+)(\\${point}\\d{1,2})?$`);
    const part = fc.constantFrom('0', '7', '12', '123', '000', '.', ',', ' ', "'", '-', '1234', '\u00a0', '\u202f', '\u2019', '\u00a1');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 7 }), (parts) => {
        const value = parts.join('');
        const whole = (value.split(point)[0] ?? '').replace(/\D/g, '').replace(/^0+/, '');
        expect([value, passing(type, [value]).length]).toEqual([value, form.test(value) && whole.length <= 6 ? 1 : 0]);
      }),
      { numRuns: 3_000 },
    );
  });

  it('takes more decimals where they are rounded, unless the number gets too long by it', () => {
    const good = ['1.23', '1.234', '-0.005', '99.994', '099.9949', '9.999', `1.${'1'.repeat(30)}`];
    const bad = ['99.995', '-99.999', '099.9950', '100.001', '1.', `1.${'1'.repeat(31)}`, '1.2e3', '1.23x'];
    expect(passing({ kind: 'decimal', precision: 4, scale: 2, round: true }, [...good, ...bad])).toEqual(good);
    expect(
      passing({ kind: 'decimal', precision: 4, scale: 2, point: ',', thousands: '.', round: true }, ['9,999', '99,995', '99,994']),
    ).toEqual(['9,999', '99,994']);
    expect(passing({ kind: 'decimal', precision: 2, scale: 2, round: true }, ['0.994', '0.995', '0.5'])).toEqual(['0.994', '0.5']);
  });

  it('keeps decimals within precision and scale', () => {
    const good = ['0', '-0', '-0.00', '1.5', '1.50', '-12345678901.99', '00012345678901.9', '007'];
    const bad = ['', '-', '.5', '5.', '-.5', '1.234', '123456789012', '+1', '1,5', '1.5.', '1.-5', '--1', '1e2', ' 1', '1-', 'x', '1.x'];
    expect(passing({ kind: 'decimal', precision: 13, scale: 2 }, [...good, ...bad])).toEqual(good);
    expect(passing({ kind: 'decimal', precision: 3, scale: 0 }, ['999', '1000', '1.0', '1.'])).toEqual(['999']);
  });

  it('keeps dates that exist in the calendar', () => {
    const good = ['1/1/2020', '01/1/2020', '1/01/2020', '31/12/9999', '1/1/1000', '29/2/2000', '29/02/2024', '30/4/2021'];
    const bad = [
      '0/1/2020',
      '1/0/2020',
      '32/1/2020',
      '1/13/2020',
      '29/2/1900',
      '29/2/2023',
      '30/2/2024',
      '31/4/2021',
      '1/1/0999',
      '1/1/999',
      '1/1/20200',
    ];
    const strange = [
      '001/1/2020',
      '1/001/2020',
      '1-1-2020',
      '2020-01-01',
      '1/1/2020x',
      'x1/1/2020',
      '1//12020',
      '//1/2020',
      '1/1/20 0',
      '11/2020',
      '1/1/2/20',
      '-1/1/2020',
      '11//2020',
    ];
    expect(passing({ kind: 'date', format: 'd/m/yyyy' }, [...good, ...bad, ...strange])).toEqual(good);
    const iso = ['2020-01-01', '2024-02-29'];
    expect(
      passing({ kind: 'date', format: 'yyyy-mm-dd' }, [
        ...iso,
        '2023-02-29',
        '0999-01-01',
        '2020-13-01',
        '2020-1-1',
        '2020-01-',
        '2020--1-1',
        '20200-1-1',
        '2020/01/01',
      ]),
    ).toEqual(iso);
  });

  it('agrees with the platform about every day of four centuries', () => {
    const check = traitsOf({ kind: 'date', format: 'd/m/yyyy' }).makeCheck();
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 31 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1000, max: 9999 }),
        (day, month, year) => {
          const bytes = Buffer.from(`${day}/${month}/${year}`);
          expect(check(bytes, 0, bytes.length)).toBe(new Date(Date.UTC(year, month - 1, day)).getUTCMonth() === month - 1);
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('keeps choices in any ASCII case', () => {
    const good = ['Deposit', 'DEPOSIT', 'deposit', 'wITHDRAWAL'];
    expect(
      passing({ kind: 'choice', values: ['Deposit', 'Withdrawal'] }, [...good, 'Deposits', 'Deposi', 'D€posit', '', 'Depos\u{131}t']),
    ).toEqual(good);
  });

  it('counts the characters of a text, not its bytes or its UTF-16 units', () => {
    const good = ['abc', 'äöü', '日本語', '😀😀😀'];
    expect(passing({ kind: 'text', maxLength: 3, empty: '' }, [...good, 'abcd', 'äöüß', '😀😀😀😀'])).toEqual(good);
  });

  it('keeps single values outside of the bounds of an integer', () => {
    const orNone: ColumnType = { kind: 'integer', min: '1', max: '9223372036854775807', also: ['-1'] };
    const good = ['1', '0009223372036854775807', '-1', '-01'];
    expect(passing(orNone, [...good, '0', '-0', '-2', '9223372036854775808', '--1', '1-', ''])).toEqual(good);
    expect(traitsOf(orNone).sqlType).toBe('bigint');
    expect(passing({ kind: 'integer', min: '-9', max: '-5', also: ['0', '70'] }, ['-9', '-5', '0', '070', '-4', '7', '71'])).toEqual([
      '-9',
      '-5',
      '0',
      '070',
    ]);
  });

  it('keeps the words of a boolean in any ASCII case', () => {
    const words: ColumnType = { kind: 'boolean', true: ['true', 't', '1'], false: ['false', 'f', '0'] };
    const good = ['true', 'True', 'T', '1', 'FALSE', 'f', '0'];
    expect(passing(words, [...good, 'yes', 'on', 'tru', '01', '', 'no'])).toEqual(good);
  });

  it('keeps the codes of a list in any case', () => {
    const good = ['EUR', 'eur', 'Gbp', 'USD', 'CHF', 'XAU'];
    expect(
      passing({ kind: 'code', length: 3, list: 'iso-4217' }, [...good, 'EU', 'EURO', 'ZZZ', 'ESP', '€UR', '@@@', 'e1r', '   ']),
    ).toEqual(good);
    const countries = ['ESP', 'esp', 'Deu', 'GBR', 'USA'];
    expect(
      passing({ kind: 'code', length: 3, list: 'iso-3166-1-alpha-3' }, [...countries, 'ES', 'EUR', 'UK', 'AAA', 'Ñ', '[[[', '{{{', '```']),
    ).toEqual(countries);
  });

  it('keeps timestamps with and without zone, whose seconds are there and whose digits may be too many', () => {
    const type: ColumnType = { kind: 'timestamp', zone: 'given-or-utc', precision: 6, form: 'strict', extraDigits: 'cut' };
    const day = '2020-06-22';
    const good = [
      ...['T08:15:00Z', ' 08:15:00Z', 'T08:15:00', ' 23:59:59.9', 'T08:15:00.123456789Z', 'T08:15:00+14:00', 'T08:15:00.5-14:00'].map(
        (time) => `${day}${time}`,
      ),
      ...['2020-02-29T00:00:00-00:00', '1000-01-01T00:00:00Z', '1000-01-01T00:00:00-01:00', '9999-12-31T23:59:59.9999999'],
      ...['9999-12-31T23:59:59+00:01', '1000-01-01T14:00:00+14:00'],
    ];
    const bad = [
      ...['T08:15Z', 'T08:15', 't08:15:00Z', 'T08:15:00z', '  08:15:00', 'T08:15:00+02', 'T08:15:00+0200', 'T08:15:00+14:01'].map(
        (time) => `${day}${time}`,
      ),
      ...['T24:00:00', 'T08:60:00', 'T08:15:60Z', 'T8:15:00', 'T08:15:00.', 'T08:15:00.Z', 'T08:15:00,5', 'T08:15:00 Z', ''].map(
        (time) => `${day}${time}`,
      ),
      ...['2020-02-30T00:00:00Z', '2020-6-22T00:00:00', '0999-12-31T23:00:00-02:00', '10000-01-01T00:00:00', '22/06/2020 08:15:00'],
      ...['1000-01-01T00:00:00+00:01', '9999-12-31T23:59:59-00:01', '2020-06-22T08:15:00+02:60', '2020-06-22T08:15:00+1:00'],
    ];
    expect(passing(type, [...good, ...bad])).toEqual(good);
    const offset: ColumnType = { kind: 'timestamp', zone: '+05:30', precision: 0 };
    expect(passing(offset, ['1000-01-01T05:29:59', '1000-01-01T05:30:00', '9999-12-31 23:59:59'])).toEqual([
      '1000-01-01T05:30:00',
      '9999-12-31 23:59:59',
    ]);
  });
});
