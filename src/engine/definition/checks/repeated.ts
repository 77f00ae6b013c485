import type { Part } from '../outline.js';
import { at } from '../shape-mistakes.js';

/** Items of a list of which one of `of` was there before. */
export function repeated<Value>(list: readonly Part<Value>[], property: string, of: (value: Value) => readonly string[]): string[] {
  const first = new Map<string, string>();
  return list.flatMap(({ path, value }) => {
    const before = of(value).map((each) => first.get(each));
    for (const each of of(value)) if (!first.has(each)) first.set(each, path);
    const found = before.find((each) => each !== undefined);
    return found === undefined ? [] : [at(`${path}.${property}`, `is the same as that of ${found}. Give each its own`)];
  });
}
