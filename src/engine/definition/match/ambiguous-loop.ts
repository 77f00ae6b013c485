import type { Automaton } from './automaton.js';

/** Characters that can come again after themselves, together with all that they come by: the pattern's repeats. */
export function loopsOf({ next, sources }: Automaton): number[][] {
  const after = sources.map((_, character) => closure(character, (each) => next[each]?.keys() ?? []));
  const loops: number[][] = [];
  const known = new Set<number>();
  sources.forEach((_, character) => {
    if (known.has(character) || !after[character]?.has(character)) return;
    const loop = sources.flatMap((__, other) => (after[character]?.has(other) && after[other]?.has(character) ? [other] : []));
    for (const each of loop) known.add(each);
    loops.push(loop);
  });
  return loops;
}

/**
 * Whether a loop can come back to where it was with the same text in two ways. Then there are four ways for that text twice, eight for three
 * times, and so on: more than can be tried. Both ways are walked side by side, as pairs of characters that match the same one.
 */
export function ambiguousLoop(
  { next, sources }: Automaton,
  loop: readonly number[],
  overlap: (one: number, other: number) => boolean,
): boolean {
  const isIn = new Set(loop);
  const steps = (character: number) => [...(next[character] ?? [])].filter(([target]) => isIn.has(target));
  if (loop.some((character) => steps(character).some(([, ways]) => ways > 1))) return true;
  const size = sources.length;
  const before = new Map<number, number[]>();
  const pairsAfter = (pair: number): number[] => {
    const [one, other] = [Math.floor(pair / size), pair % size];
    return steps(one).flatMap(([a]) => steps(other).flatMap(([b]) => (overlap(a, b) ? [a * size + b] : [])));
  };
  const same = loop.map((character) => character * size + character);
  const reached = new Set(same);
  for (const pair of reached) {
    for (const target of pairsAfter(pair)) {
      reached.add(target);
      const list = before.get(target) ?? [];
      list.push(pair);
      before.set(target, list);
    }
  }
  // Pairs of different characters that came from a pair of equal ones, and come to one again.
  const back = new Set(same);
  for (const pair of back) for (const each of before.get(pair) ?? []) back.add(each);
  return [...back].some((pair) => Math.floor(pair / size) !== pair % size);
}

/** All that is reached in one step and more. */
function closure(from: number, stepsOf: (character: number) => Iterable<number>): Set<number> {
  const found = new Set<number>(stepsOf(from));
  for (const each of found) for (const next of stepsOf(each)) found.add(next);
  return found;
}
