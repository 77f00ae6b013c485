import { z } from 'zod';
import { PointReader } from './bytes/point-reader.js';
import type { TypeTraits } from './traits.js';

export const pointSchema = z
  .strictObject({ kind: z.literal('point') })
  .describe(
    'A place on earth as WKT, POINT (longitude latitude), in WGS 84. It is stored as two whole numbers of 1e-7 degrees, <name>_lon and <name>_lat. Only for append entities.',
  );

export function pointTraits(): TypeTraits {
  return {
    // Of each of its two columns.
    sqlType: 'int',
    keyBytes: undefined,
    rowBytes: 8,
    rule: 'must be a point such as POINT (14.42 50.09): the longitude from -180 to 180, then the latitude from -90 to 90',
    mistakes: [],
    makeCheck: () => {
      const reader = new PointReader();
      return (bytes, start, end) => reader.read(bytes, start, end);
    },
    convert: () => {
      throw new Error('a point is not converted by SQL');
    },
  };
}
