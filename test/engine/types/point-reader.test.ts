import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PointReader } from '../../../src/engine/types/bytes/point-reader.js';
import { referencePoint } from '../../support/trips/reference-point.js';

const reader = new PointReader();

function read(text: string): { readonly longitude: number; readonly latitude: number } | undefined {
  const bytes = Buffer.from(`xx${text}yy`);
  return reader.read(bytes, 2, bytes.length - 2) ? { longitude: reader.longitude + 0, latitude: reader.latitude + 0 } : undefined;
}

describe('a point of WKT', () => {
  it.each([
    ['POINT (14.4973794438195 50.00136875782316)', 144_973_794, 500_013_688],
    ['point(1 2)', 10_000_000, 20_000_000],
    ['PoInT\t( +1.4e1\n-.5 )', 140_000_000, -5_000_000],
    ['POINT (5. 1E-7)', 50_000_000, 1],
    ['POINT (0.00000005 -0.00000005)', 1, -1],
    ['POINT (0.00000004999999999999999999999 0.000000049)', 0, 0],
    ['POINT (180 90)', 1_800_000_000, 900_000_000],
    ['POINT (-180.0000000 -90)', -1_800_000_000, -900_000_000],
    ['POINT (179.99999999 -89.99999996)', 1_800_000_000, -900_000_000],
    ['POINT (179987133063e-9 0e999999999)', 1_799_871_331, 0],
    ['POINT (0.29 28.999999999999996)', 2_900_000, 290_000_000],
    [`POINT (${'0'.repeat(1_000)}1.5 1${'0'.repeat(300)}e-300)`, 15_000_000, 10_000_000],
  ])('%s', (text, longitude, latitude) => {
    expect(read(text)).toEqual({ longitude, latitude });
    expect(referencePoint(text)).toEqual({ longitude, latitude });
  });

  it.each([
    ...['POINT Z (1 2 3)', 'POINT (1 2 3)', 'POINT EMPTY', 'SRID=4326;POINT (1 2)', 'POINT (1,2)', 'POINT (1)', 'POINT 1 2', 'POINT(12)'],
    ...['POINT (180.00000001 0)', 'POINT (0 90.00000000000000001)', 'POINT (-181 0)', 'POINT (1e3 0)', 'POINT (1e999999999999 0)'],
    ...['POINT (NaN 0)', 'POINT (. 0)', 'POINT (1e 0)', 'POINT (1e+ 0)', 'POINT (1 2', 'POINT (1 2) ', 'POINT (1-2)', 'POINT (1\u00a02)'],
    ...['POINT (--1 2)', 'POINT (1..2 2)', 'POINT ((1 2))', 'PQINT (1 2)', 'POINT (0x1 2)', 'POINT (1_0 2)', '', 'POINT'],
  ])('refuses %s', (text) => {
    expect(read(text)).toBeUndefined();
    expect(referencePoint(text)).toBeUndefined();
  });

  it('reads what the reference reads, and nothing else', () => {
    const digits = fc.stringMatching(/^[0-9]{0,25}$/);
    const exponent = fc.oneof(fc.constant(''), fc.stringMatching(/^[eE][+-]?[0-9]{0,3}$/));
    const number = fc
      .tuple(fc.constantFrom('', '-', '+', ' '), digits, fc.constantFrom('', '.'), digits, exponent)
      .map((parts) => parts.join(''));
    const near = fc
      .tuple(fc.constantFrom('', '-'), fc.constantFrom('179', '180', '89', '90', '0', '14'), fc.stringMatching(/^(\.[0459]{0,12})?$/))
      .map((parts) => parts.join(''));
    const coordinate = fc.oneof(number, near);
    const blank = fc.constantFrom('', ' ', '  ', '\t', '\n', '\v', '\f', '\r');
    const point = fc
      .tuple(fc.constantFrom('POINT', 'point', 'Point'), blank, fc.constantFrom('(', '(', ''), blank, coordinate)
      .chain((head) => fc.tuple(blank, coordinate, blank, fc.constantFrom(')', ')', '', '))')).map((tail) => [...head, ...tail].join('')));
    fc.assert(
      fc.property(point, (text) => {
        expect(read(text)).toEqual(referencePoint(text));
      }),
      { numRuns: 20_000 },
    );
  });
});
