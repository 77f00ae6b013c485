import { ambiguousLoop, loopsOf } from './ambiguous-loop.js';
import { automatonOf, type Automaton } from './automaton.js';
import { expressionOf, longestKey } from './feed-matcher.js';
import { parsePattern, UnsupportedPattern, type Pattern } from './parse-pattern.js';
import { sampleCharacters } from './sample-characters.js';

const mostPatternCharacters = 500;
/** Steps that a name may cost: some hundredths of a second. */
const mostSteps = 30_000_000;

/** Of a loop's characters, those that are tried as its beginning. */
const mostRounds = 20;

const manyWays =
  'takes for ever on some names: a repeated part can match the same text in several ways. Leave one way, e.g. [a-z0-9_-]+ instead of ([a-z0-9]+[-_]?)+';
const tooSlow =
  'takes seconds on some long names: too many parts of any length follow one another. Begin it with ^ and use fewer of .* and the like';

/**
 * What is wrong with a feed's pattern; undefined when nothing is. Names of objects come from outside, and JavaScript tries a pattern in one
 * way after the other: one that can match in very many ways would stop a worker, or `strata serve`, by one name. This counts the ways, so
 * its answer does not depend on the machine.
 */
export function matchMistake(match: string): string | undefined {
  if (match.length > mostPatternCharacters) return `must have at most ${mostPatternCharacters} characters, not ${match.length}`;
  try {
    new RegExp(match, 'u');
  } catch (error) {
    return `is not a regular expression of JavaScript: ${error instanceof Error ? error.message : String(error)}`;
  }
  try {
    const expression = expressionOf(match);
    return slowness(parsePattern(expression), expression, false);
  } catch (error) {
    if (error instanceof UnsupportedPattern) return error.message;
    throw error;
  }
}

function slowness(pattern: Pattern, text: string, isWithin: boolean): string | undefined {
  const automaton = automatonOf(pattern);
  const characters = sampleCharacters(automaton.sources, text);
  const loops = loopsOf(automaton);
  if (loops.some((loop) => ambiguousLoop(automaton, loop, characters.overlap))) return manyWays;
  const words = [...characters.samples.map((sample) => [sample]), ...wordsBetween(automaton, loops, characters.sampleOf)];
  const seen = new Set<string>();
  for (const word of words) {
    const name = word.join(' ');
    if (seen.has(name)) continue;
    seen.add(name);
    if (steps(automaton, word, characters.matches, isWithin) > mostSteps) return tooSlow;
  }
  // What is looked for around a place is tried at every place.
  return automaton.around.map((body) => slowness(body, text, true)).find((mistake) => mistake !== undefined);
}

/** Samples that lead from one loop to another or round a loop: repeated, they let several loops take the same text. */
function wordsBetween(automaton: Automaton, loops: readonly (readonly number[])[], sampleOf: (character: number) => number): number[][] {
  const wordsFrom = (begin: readonly number[]) => {
    const words = new Map<number, number[]>();
    const waiting = begin.map((character) => ({ character, word: [] as number[] }));
    for (const { character, word } of waiting) {
      for (const next of automaton.next[character]?.keys() ?? []) {
        if (words.has(next)) continue;
        words.set(next, [...word, sampleOf(next)]);
        waiting.push({ character: next, word: [...word, sampleOf(next)] });
      }
    }
    return words;
  };
  return loops.flatMap((loop) => {
    const toOthers = wordsFrom(loop);
    const round = loop.slice(0, mostRounds).map((character) => wordsFrom([character]).get(character) ?? []);
    return [...loops.map((other) => toOthers.get(other[0] ?? -1) ?? []), ...round].filter((word) => word.length > 0);
  });
}

/** Steps of the longest name that is a word again and again, when it does not match in the end; at most, as it is begun at every character. */
function steps(
  automaton: Automaton,
  word: readonly number[],
  matches: (character: number, sample: number) => boolean,
  isWithin: boolean,
): number {
  const { sources, first, firstElsewhere } = automaton;
  const next = automaton.next.map((targets) => [...targets]);
  const begin = [...(isWithin ? first : firstElsewhere)];
  let ways = sources.map(() => 1);
  let total = 0;
  let before: { readonly ways: readonly number[]; readonly total: number } | undefined;
  for (let at = 0; at < longestKey && total <= mostSteps; at += 1) {
    if (at > 0 && at % word.length === 0) {
      // If a word changed nothing, each word after it costs as much as it did.
      const cost = before?.ways.every((way, character) => way === ways[character]) ? total - before.total : undefined;
      if (cost !== undefined) {
        const words = Math.floor((longestKey - at) / word.length);
        total += words * cost;
        at += words * word.length;
        if (at >= longestKey) break;
      }
      before = { ways, total };
    }
    const sample = word[at % word.length] ?? 0;
    const after = sources.map(() => 0);
    const go = (way: number, targets: readonly (readonly [number, number])[]) => {
      total += way;
      for (const [target, count] of targets) {
        total += way * count;
        if (matches(target, sample)) after[target] = (after[target] ?? 0) + way * count;
      }
    };
    ways.forEach((way, character) => {
      if (way > 0) go(way, next[character] ?? []);
    });
    go(1, at === 0 ? [...first] : begin);
    ways = after;
  }
  return total;
}
