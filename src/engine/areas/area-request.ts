import { isDate } from '../../contracts/dates/dates.js';
import type { AreaDefinition } from '../definition/types.js';
import { AreaRequestError } from './area-request-error.js';
import { parseBox, type Box } from './box.js';

/** A question about an area: which rows are counted. */
export interface AreaRequest {
  readonly box?: Box;
  /** The value of the area's column `of`, such as a region; all of them where there is none. */
  readonly of?: string;
  /** Points of which each must lie in the box. */
  readonly by: readonly string[];
  /** The first and the last day, both included. */
  readonly from?: string;
  readonly to?: string;
}

/** What the command line and HTTP give, all as text. */
export interface AreaRequestTexts {
  readonly box?: string | undefined;
  readonly of?: string | undefined;
  readonly by?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly wrap?: boolean | undefined;
}

/** The word for all points of a row at once. */
export const bothPoints = 'both';

/** Each point by its name, and all of them at once where there are several. */
export function byChoices({ points }: Pick<AreaDefinition, 'points'>): readonly string[] {
  return points.length > 1 ? [...points, bothPoints] : points;
}

/** Throws AreaRequestError. */
export function parseAreaRequest(area: AreaDefinition, texts: AreaRequestTexts): AreaRequest {
  const { box, of, by = area.points[0] ?? '', from, to, wrap = false } = texts;
  const choices = byChoices(area);
  if (!choices.includes(by)) throw new AreaRequestError(`by must be one of ${choices.join(', ')}, not ${JSON.stringify(by.slice(0, 40))}`);
  if (wrap && box === undefined) throw new AreaRequestError('wrap is for a box: give the box too, or leave wrap out');
  return {
    ...(box !== undefined && { box: parseBox(box, { wrap }) }),
    ...(of !== undefined && { of }),
    by: by === bothPoints ? area.points : [by],
    ...parseDays({ from, to }),
  };
}

/** Throws AreaRequestError. */
export function parseDays({ from, to }: Pick<AreaRequestTexts, 'from' | 'to'>): Pick<AreaRequest, 'from' | 'to'> {
  for (const [name, day] of [
    ['from', from],
    ['to', to],
  ] as const)
    if (day !== undefined && !isDate(day))
      throw new AreaRequestError(
        `${name} must be a day of the years 1000 to 9999, such as 2018-05-28, not ${JSON.stringify(day.slice(0, 40))}`,
      );
  if (from !== undefined && to !== undefined && from > to) throw new AreaRequestError(`from ${from} is after to ${to}: swap them`);
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}
