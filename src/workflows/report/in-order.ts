/** The same entries in the order of `keys`. Work that runs side by side ends in any order, and a report needs a fixed one. */
export function inOrder<Value>(keys: readonly string[], record: Readonly<Record<string, Value>>): Record<string, Value> {
  const ordered: Record<string, Value> = {};
  for (const key of keys) {
    const value = record[key];
    if (value !== undefined) ordered[key] = value;
  }
  return ordered;
}
