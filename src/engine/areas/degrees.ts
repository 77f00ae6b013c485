import { PointReader } from '../types/bytes/point-reader.js';

/** Coordinates are whole numbers of this many to a degree: 1.1 cm on the equator. */
export const perDegree = 10_000_000;

const reader = new PointReader();

/**
 * A coordinate from its text, in units of 1e-7 degrees, read and rounded as those of points are. Undefined for a text that is no number or
 * lies beyond the limit, in degrees; that is checked on the text, so that no rounding brings a value back inside.
 */
export function parseDegrees(text: string, limit: number): number | undefined {
  return reader.coordinate(Buffer.from(text), limit * perDegree);
}

/** Degrees as a number whose shortest text is exact. */
export function degreesOf(units: number): number {
  return Number((units / perDegree).toFixed(7));
}
