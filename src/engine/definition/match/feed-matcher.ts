/** Characters of an object's key: S3's limit. Events can name longer ones, which no store holds. */
export const longestKey = 1_024;

/** Tells which names belong to a feed. That no name takes long is what the check of definitions is for (match-mistakes.ts). */
export interface FeedMatcher {
  test(name: string): boolean;
}

export function feedMatcher(match: string): FeedMatcher {
  const pattern = new RegExp(match, 'u');
  return { test: (name) => name.length <= longestKey && pattern.test(name) };
}
