/** The same entries in the order of `keys`: work that runs side by side ends in any order, reports read better in one. */
export function inOrder<Value>(keys: readonly string[], record: Readonly<Record<string, Value>>): Record<string, Value> {
  const ordered: Record<string, Value> = {};
  for (const key of keys) {
    const value = record[key];
    if (value !== undefined) ordered[key] = value;
  }
  return ordered;
}
