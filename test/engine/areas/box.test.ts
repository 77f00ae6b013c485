import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseBox, piecesOf, shownBox } from '../../../src/engine/areas/box.js';
import { partOf, partsOf } from '../../../src/engine/areas/cell-parts.js';
import { borderRanges, cellOf, coveredCells, isInBlock, rangesOf } from '../../../src/engine/areas/cells.js';
import { degreesOf, parseDegrees } from '../../../src/engine/areas/degrees.js';

describe('a coordinate of a box', () => {
  it.each([
    ['14.4973794438195', 144_973_794],
    ['14.49737945', 144_973_795],
    ['-14.49737945', -144_973_795],
    ['0.00000005', 1],
    ['0.0000000499999999999999999999', 0],
    ['-0.00000005', -1],
    ['-0.00000001', 0],
    ['+.5', 5_000_000],
    ['5.', 50_000_000],
    ['1.4e1', 140_000_000],
    ['179987133063e-9', 1_799_871_331],
    ['1e-999999999', 0],
    ['0e999999999', 0],
    ['180', 1_800_000_000],
    ['-180.000', -1_800_000_000],
    ['000000000000000000000000000012', 120_000_000],
  ])('%s is %d units of 1e-7 degrees, rounded half away from zero', (text, units) => {
    expect(Object.is(parseDegrees(text, 180), units)).toBe(true);
  });

  it.each(['', ' ', '1,5', 'NaN', '1e', '.', '+', '1.2.3', '0x10', '1_0', '١'])('%j is none', (text) => {
    expect(parseDegrees(text, 180)).toBeUndefined();
  });

  it('is checked against its limit before it is rounded', () => {
    expect(parseDegrees('180.00000000000001', 180)).toBeUndefined();
    expect(parseDegrees('-90.0000000001', 90)).toBeUndefined();
    expect(parseDegrees('1e999999999', 180)).toBeUndefined();
  });

  it('is shown with all of its digits', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_800_000_000, max: 1_800_000_000 }), (units) => {
        expect(parseDegrees(String(degreesOf(units)), 180)).toBe(units);
      }),
    );
  });
});

describe('a box', () => {
  it('takes its corners in any order', () => {
    const box = { west: 140_000_000, south: 500_000_000, east: 145_000_000, north: 501_000_000 };
    for (const text of ['14,50,14.5,50.1', '14.5,50.1,14,50', '14.5,50,14,50.1', ' 14 , 50.1 , 14.5 , 50 '])
      expect(parseBox(text)).toEqual(box);
    expect(shownBox(box)).toEqual([14, 50, 14.5, 50.1]);
  });

  it('crosses the antimeridian only where it is told to', () => {
    expect(parseBox('179,-10,-179,10')).toMatchObject({ west: -1_790_000_000, east: 1_790_000_000 });
    const box = parseBox('179,10,-179,-10', { wrap: true });
    expect(box).toEqual({ west: 1_790_000_000, south: -100_000_000, east: -1_790_000_000, north: 100_000_000 });
    expect(piecesOf(box)).toEqual([
      { west: 1_790_000_000, south: -100_000_000, east: 1_800_000_000, north: 100_000_000 },
      { west: -1_800_000_000, south: -100_000_000, east: -1_790_000_000, north: 100_000_000 },
    ]);
    expect(piecesOf(parseBox('1,2,3,4', { wrap: true }))).toHaveLength(1);
  });

  it('may have no width', () => {
    expect(parseBox('14,50,14,50')).toEqual({ west: 140_000_000, south: 500_000_000, east: 140_000_000, north: 500_000_000 });
  });

  it.each([
    ['1,2,3', /lon1,lat1,lon2,lat2/],
    ['1,2,3,4,5', /lon1,lat1,lon2,lat2/],
    ['181,2,3,4', /"181" is no longitude from -180 to 180/],
    ['1,2,3,90.1', /"90.1" is no latitude from -90 to 90/],
    ['a,2,3,4', /"a" is no longitude/],
  ])('%s is refused with what to write', (text, message) => {
    expect(() => parseBox(text)).toThrow(message);
  });
});

describe('the cells of a box', () => {
  const edge = (limit: number) =>
    fc.oneof(
      fc.integer({ min: -limit / 100_000, max: limit / 100_000 }).map((cells) => cells * 100_000),
      fc.integer({ min: -limit / 100_000 + 1, max: limit / 100_000 }).map((cells) => cells * 100_000 - 1),
      fc.constantFrom(-limit, limit, 0, -1, 1),
      fc.integer({ min: -limit, max: limit }),
    );
  const small = fc.integer({ min: 0, max: 500_000 });

  it('are inside where every point of theirs is in the box, and at the border where some may be', () => {
    fc.assert(
      fc.property(edge(1_800_000_000), edge(900_000_000), small, small, fc.integer(), (west, south, width, height, seed) => {
        const box = { west, south, east: Math.min(west + width, 1_800_000_000), north: Math.min(south + height, 900_000_000) };
        const covered = coveredCells(box);
        const inside = covered.inside ? rangesOf(covered.inside) : [];
        const border = borderRanges(covered);
        const within = (ranges: typeof border, cell: number) => ranges.filter(({ first, last }) => first <= cell && cell <= last).length;
        for (let index = 0; index < 40; index++) {
          const random = Math.abs(Math.sin(seed + index));
          const lon = Math.min(1_800_000_000, Math.max(-1_800_000_000, west - 150_000 + Math.floor(random * (width + 300_000))));
          const lat = Math.min(
            900_000_000,
            Math.max(-900_000_000, south - 150_000 + Math.floor(((random * 1_000) % 1) * (height + 300_000))),
          );
          const isIn = lon >= box.west && lon <= box.east && lat >= box.south && lat <= box.north;
          const cell = cellOf(lon, lat);
          expect(within(inside, cell) + within(border, cell)).toBeLessThanOrEqual(1);
          if (within(inside, cell) === 1) expect(isIn).toBe(true);
          expect(isInBlock(covered.all, cell)).toBe(within(inside, cell) + within(border, cell) === 1);
          if (isIn) expect(within(inside, cell) + within(border, cell)).toBe(1);
          // A point is found in the part of its cell that is read for points like it; of cells inside no part is read for others.
          const read = (where: 'in' | 'out') => partsOf(cell, box, where).some(({ part }) => part === partOf(lon, lat));
          expect(read(isIn ? 'in' : 'out')).toBe(true);
          if (within(inside, cell) === 1) expect(partsOf(cell, box, 'out')).toEqual([]);
          if (!isInBlock(covered.all, cell)) expect(partsOf(cell, box, 'in')).toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('of the whole world are all inside, the poles and the antimeridian too', () => {
    const covered = coveredCells({ west: -1_800_000_000, south: -900_000_000, east: 1_800_000_000, north: 900_000_000 });
    expect(borderRanges(covered)).toEqual([]);
    const inside = rangesOf(covered.inside!);
    expect(inside).toHaveLength(36_001);
    expect(inside[0]).toEqual({ first: 0, last: 18_000 });
    expect(inside.at(-1)!.last).toBe(cellOf(1_800_000_000, 900_000_000));
  });

  it('are counted as a whole where the box covers the most of each, so that at most half a cell is read along an edge', () => {
    const box = { west: 145_020_000, south: 60_000, east: 145_370_000, north: 340_000 };
    const { nearest } = coveredCells(box);
    expect(nearest).toEqual({ columns: { first: 19_450, last: 19_453 }, rows: { first: 9_001, last: 9_002 } });
    const cells = rangesOf(coveredCells(box).all).flatMap(({ first, last }) =>
      Array.from({ length: last - first + 1 }, (_, i) => first + i),
    );
    const parts = (cell: number) => partsOf(cell, box, isInBlock(nearest!, cell) ? 'out' : 'in').length;
    expect(cells.map(parts)).toEqual([8, 4, 4, 8, 8, 0, 0, 8, 8, 0, 0, 8, 6, 8, 8, 6]);
  });
});
