import type { PipelineDefinition } from './types.js';

/** What becomes of a file once its rows are in staging. */
export const releaseKinds = ['delete', 'archive', 'keep'] as const;
export type ReleaseKind = (typeof releaseKinds)[number];

const seconds = { minute: 60, hour: 3_600, day: 86_400 } as const;
const form = /^([1-9]\d{0,3}) (minute|hour|day)s?$/;
const longest = 366 * seconds.day;

export const durationRule = "must be a number of minutes, hours or days, at most 366 days: '30 minutes', '12 hours', '7 days'";

/** Seconds of a duration of a definition; undefined if the text is not a duration. At least a minute, so that a landing is over before its release is due. */
export function durationSeconds(text: string): number | undefined {
  const [, count, unit] = form.exec(text) ?? [];
  if (count === undefined) return undefined;
  const length = Number(count) * seconds[unit as keyof typeof seconds];
  return length <= longest ? length : undefined;
}

export function releaseKindOf({ release }: Pick<PipelineDefinition, 'release'>): ReleaseKind {
  return release ?? 'delete';
}
