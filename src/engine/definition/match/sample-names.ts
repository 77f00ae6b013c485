import { feedMatcher, isOfKeys, type FeedMatcher } from './feed-matcher.js';
import { parsePattern, UnsupportedPattern, type Pattern } from './parse-pattern.js';

/** Characters of usual names, the plainest first; `/` is where a pattern writes it. */
const usual = [...'a0_-.A bcdefghijklmnopqrstuvwxyzBCDEFGHIJKLMNOPQRSTUVWXYZ123456789', ..."!#$%&'()+,;=@[]^`{}~"];
const mostNames = 24;
const mostOfClass = 3;
const mostCharacters = 200;

/**
 * A few names or keys that a feed's pattern matches: each way of its choices, its repeated parts taken as seldom as they may be and once. Always
 * the same ones. None where there is nothing to go by; the pattern must be one without mistakes.
 */
export function sampleNames(match: string): readonly string[] {
  let names: readonly string[];
  try {
    names = texts(parsePattern(match));
  } catch (error) {
    if (error instanceof UnsupportedPattern) return [];
    throw error;
  }
  const matcher = feedMatcher(match);
  return names.filter((name) => name !== '' && matcher.test(name));
}

/** A pattern with its samples, made once where it is compared with many. */
export interface SampledPattern {
  readonly names: readonly string[];
  readonly matcher: FeedMatcher;
}

export function sampled(match: string): SampledPattern {
  return { names: sampleNames(match), matcher: feedMatcher(match) };
}

/** A name or key of one of two feeds that the other's pattern matches as well. */
export function commonSample(one: SampledPattern, other: SampledPattern): string | undefined {
  return one.names.find((name) => other.matcher.test(name)) ?? other.names.find((name) => one.matcher.test(name));
}

/** The same where the source of the other one is a folder in that of the first: a key below the first, which its pickups or backfills match. */
export function commonSampleBelow(one: string, other: string, folder: string): string | undefined {
  const [matchesOne, matchesOther] = [feedMatcher(one, { anyDepth: true }), feedMatcher(other)];
  const own = sampleNames(one).map((name) => (isOfKeys(one) ? name : folder + name));
  const theirs = sampleNames(other).map((name) => folder + name);
  return [
    ...own.filter((key) => key.startsWith(folder) && matchesOther.test(key.slice(folder.length))),
    ...theirs.filter((key) => matchesOne.test(key)),
  ][0];
}

function texts(pattern: Pattern): readonly string[] {
  switch (pattern.kind) {
    case 'character':
      return charactersOf(pattern.source);
    case 'sequence':
      return pattern.parts.reduce<readonly string[]>((begun, part) => joined(begun, texts(part)), ['']);
    case 'choice':
      return pattern.options.flatMap(texts).slice(0, mostNames);
    case 'repeat': {
      const { body, min, max } = pattern;
      const counts = min === 0 && max > 0 ? [0, 1] : [min];
      return counts.flatMap((count) => texts(body).map((text) => text.repeat(Math.min(count, mostCharacters)).slice(0, mostCharacters)));
    }
    case 'start':
    case 'nothing':
    case 'around':
      return [''];
  }
}

/** Every text of the one before every text of the other; side by side where those would be too many. */
function joined(before: readonly string[], after: readonly string[]): readonly string[] {
  if (before.length * after.length <= mostNames) return before.flatMap((begin) => after.map((end) => begin + end));
  const pick = (list: readonly string[], index: number) => list[index % list.length] ?? '';
  return Array.from({ length: Math.max(before.length, after.length) }, (_, index) => pick(before, index) + pick(after, index));
}

function charactersOf(source: string): readonly string[] {
  const matcher = new RegExp(`^(?:${source})$`, 'u');
  const found = [...usual, ...source].filter((character) => matcher.test(character));
  return [...new Set(found)].slice(0, mostOfClass);
}
