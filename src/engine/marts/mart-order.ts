import type { MartDraft } from './mart.js';

export type Ordered = Pick<MartDraft, 'target' | 'after'>;

/**
 * Targets in an order in which each comes after all that it reads. Among those, targets that most others wait for come first, and targets
 * that nobody waits for come last, so that work side by side ends at about the same time. Names of a cycle come back as `cycle`.
 */
export function martOrder(marts: readonly Ordered[]): { readonly order: readonly string[]; readonly cycle: readonly string[] } {
  const byTarget = new Map(marts.map((mart) => [mart.target, mart]));
  const needs = new Map<string, ReadonlySet<string>>();
  const cycle = new Set<string>();
  const needsOf = (mart: Ordered, path: readonly string[]): ReadonlySet<string> => {
    const known = needs.get(mart.target);
    if (known) return known;
    if (path.includes(mart.target)) {
      for (const target of path.slice(path.indexOf(mart.target))) cycle.add(target);
      return new Set();
    }
    const before = mart.after.flatMap((target) => byTarget.get(target) ?? []);
    const all = new Set(before.flatMap((other) => [...needsOf(other, [...path, mart.target]), other.target]));
    needs.set(mart.target, all);
    return all;
  };
  const order = new Set<string>();
  const add = (mart: Ordered): void => {
    if (order.has(mart.target) || cycle.has(mart.target)) return;
    for (const target of mart.after) {
      const other = byTarget.get(target);
      if (other) add(other);
    }
    order.add(mart.target);
  };
  const sorted = [...marts].sort((a, b) => needsOf(b, []).size - needsOf(a, []).size || (a.target < b.target ? -1 : 1));
  if (cycle.size === 0) for (const mart of sorted) add(mart);
  return { order: [...order], cycle: [...cycle].sort() };
}
