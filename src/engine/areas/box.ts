import { AreaRequestError } from './area-request-error.js';
import { degreesOf, parseDegrees, perDegree } from './degrees.js';

/** A rectangle of longitudes and latitudes in units of 1e-7 degrees, with its edges. Across the antimeridian, west is greater than east. */
export interface Box {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

export const limits = { longitude: 180, latitude: 90 } as const;
export const farthest = { longitude: limits.longitude * perDegree, latitude: limits.latitude * perDegree } as const;

const form = 'a box is lon1,lat1,lon2,lat2 in degrees, such as 14.40,50.05,14.45,50.10';

/**
 * A box from `lon1,lat1,lon2,lat2`, corners in any order. Longitudes that are the wrong way round are swapped, or with `wrap` mean the
 * box across the antimeridian. Throws AreaRequestError.
 */
export function parseBox(text: string, { wrap = false }: { readonly wrap?: boolean } = {}): Box {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length !== 4) throw new AreaRequestError(form);
  const [lon1, lat1, lon2, lat2] = parts.map((part, index) => {
    const [name, limit] = index % 2 === 0 ? ['longitude', limits.longitude] : ['latitude', limits.latitude];
    const units = parseDegrees(part, limit as number);
    if (units === undefined)
      throw new AreaRequestError(`${JSON.stringify(part.slice(0, 40))} is no ${name} from -${limit} to ${limit}: ${form}`);
    return units;
  }) as [number, number, number, number];
  const isSwapped = !wrap && lon1 > lon2;
  return {
    west: isSwapped ? lon2 : lon1,
    south: Math.min(lat1, lat2),
    east: isSwapped ? lon1 : lon2,
    north: Math.max(lat1, lat2),
  };
}

/** The box as an answer shows it: lon1, lat1, lon2, lat2 in degrees. */
export function shownBox({ west, south, east, north }: Box): readonly [number, number, number, number] {
  return [degreesOf(west), degreesOf(south), degreesOf(east), degreesOf(north)];
}

/** The box, or the two sides of the antimeridian that it consists of. They have no point in common. */
export function piecesOf(box: Box): readonly Box[] {
  if (box.west <= box.east) return [box];
  return [
    { ...box, east: farthest.longitude },
    { ...box, west: -farthest.longitude },
  ];
}
