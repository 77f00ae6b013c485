import type { MartDraft } from './mart.js';

/** Targets in stages: a mart stands after all that it reads, as early as it can. Names of a cycle come back as `cycle`. */
export function martStages(marts: readonly Pick<MartDraft, 'target' | 'after'>[]): {
  readonly stages: readonly (readonly string[])[];
  readonly cycle: readonly string[];
} {
  const known = new Set(marts.map((mart) => mart.target));
  const done = new Set<string>();
  const stages: string[][] = [];
  let left = [...marts].sort((a, b) => (a.target < b.target ? -1 : 1));
  while (left.length > 0) {
    const ready = left.filter((mart) => mart.after.every((target) => done.has(target) || !known.has(target)));
    if (ready.length === 0) return { stages, cycle: left.map((mart) => mart.target) };
    stages.push(ready.map((mart) => mart.target));
    for (const mart of ready) done.add(mart.target);
    left = left.filter((mart) => !done.has(mart.target));
  }
  return { stages, cycle: [] };
}
