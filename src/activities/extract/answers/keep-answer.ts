import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { bringIn } from '../../../connectors/lake/write-lake.js';
import { answerFolder, answerKey, answerOfKey } from '../../../engine/extract/requests.js';
import type { ObjectStore } from '../../../engine/object-store.js';
import { StrataError } from '../../../engine/strata-error.js';

/** Where an answer goes. */
export interface AnswerPlace {
  readonly extract: string;
  readonly series: string;
  readonly day: string;
}

/**
 * Stores an answer unchanged, beside earlier answers for the same day. Nothing is overwritten. An answer that equals the newest one is not
 * written again, so a second attempt writes nothing. Returns the key of the newest answer, and whether it is new.
 */
export async function keepAnswer(
  lake: ObjectStore,
  folder: string,
  place: AnswerPlace,
  bytes: Buffer,
  signal: AbortSignal,
): Promise<{ readonly key: string; readonly isNew: boolean }> {
  const file = join(folder, `${place.series}-${place.day}`);
  await writeFile(file, bytes);
  const { extract, day, series } = place;
  for (let part = await lastPart(lake, place, signal); ; part += 1) {
    const key = answerKey(extract, day, series, part);
    const there = await lake.open(key, signal);
    if (there) {
      if ((await buffer(there)).equals(bytes)) return { key, isNew: false };
      continue;
    }
    if (await bringIn(lake, key, file, signal).catch((error: unknown) => isThere(lake, key, bytes, error, signal)))
      return { key, isNew: true };
    // Another attempt was first: the next look says whether with the same answer.
    part -= 1;
  }
}

/** Of a write whose outcome is not known, what is there counts. */
async function isThere(lake: ObjectStore, key: string, bytes: Buffer, error: unknown, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  const there = await lake.open(key, signal);
  if (there && (await buffer(there)).equals(bytes)) return true;
  throw error;
}

/** The newest part of the day; 0 where there is none. */
async function lastPart(lake: ObjectStore, { extract, series, day }: AnswerPlace, signal: AbortSignal): Promise<number> {
  let last = 0;
  for await (const page of lake.list({ recursive: true, prefix: `${answerFolder(extract, day)}${series}-`, unsettled: true, signal }))
    for (const { key } of page) {
      const found = answerOfKey(extract, lake.relativeKey(key));
      if (found?.series === series) last = Math.max(last, found.part);
    }
  return last;
}

/** An answer that the lake has. */
export interface LakeAnswer {
  readonly series: string;
  readonly day: string;
  readonly key: string;
  readonly bytes: number;
  readonly keptAt: string;
}

/** The newest answer of each day in the lake. A warehouse that knows no answers begins with these. */
export async function answersIn(lake: ObjectStore, extract: string, signal: AbortSignal): Promise<LakeAnswer[]> {
  const newest = new Map<string, LakeAnswer & { readonly part: number }>();
  for await (const page of lake.list({ recursive: true, prefix: `${extract}/`, unsettled: true, signal }))
    for (const { key, size, lastModified } of page) {
      const relative = lake.relativeKey(key);
      const found = answerOfKey(extract, relative);
      if (!found) continue;
      const place = `${found.series}/${found.day}`;
      if (found.part >= (newest.get(place)?.part ?? 0)) newest.set(place, { ...found, key: relative, bytes: size, keptAt: lastModified });
    }
  return [...newest.values()];
}

/** The day that an answer of the lake says it is of is in its text. */
export async function readAnswer(lake: ObjectStore, key: string, signal: AbortSignal): Promise<Buffer> {
  const there = await lake.open(key, signal);
  if (!there) throw new StrataError('unavailable', `${key} in ${lake.url} was taken away while it was to be read`);
  return buffer(there);
}
