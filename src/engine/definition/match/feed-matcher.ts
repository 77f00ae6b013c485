/** Characters of an object's key: S3's limit. Events can name longer ones, which no store holds. */
export const longestKey = 1_024;

/** Tells which objects belong to a feed. That no key takes long is what the check of definitions is for (match-mistakes.ts). */
export interface FeedMatcher {
  /** The pattern's named groups of a key below a source; undefined where the object does not belong to the feed. */
  groupsOf(key: string): Readonly<Record<string, string | undefined>> | undefined;
  test(key: string): boolean;
}

export interface Depth {
  /** In a backfill a pattern of names matches in folders too; a pickup takes such files from the source's root alone. */
  readonly anyDepth?: boolean;
}

/** Whether a pattern says in which folders the files are: then it matches whole keys, else names of files. */
export function isOfKeys(match: string): boolean {
  return match.includes('/');
}

/** The expression that is searched for: a pattern of keys matches no part of one. */
export function expressionOf(match: string): string {
  return isOfKeys(match) ? `^(?:${match})$` : match;
}

export function feedMatcher(match: string, { anyDepth = false }: Depth = {}): FeedMatcher {
  const pattern = new RegExp(expressionOf(match), 'u');
  const ofKeys = isOfKeys(match);
  const subject = (key: string) => {
    if (key.length > longestKey) return undefined;
    if (ofKeys || !key.includes('/')) return key;
    return anyDepth ? key.slice(key.lastIndexOf('/') + 1) : undefined;
  };
  const groupsOf = (key: string) => {
    const text = subject(key);
    const found = text === undefined ? null : pattern.exec(text);
    return found ? (found.groups ?? {}) : undefined;
  };
  return { groupsOf, test: (key) => groupsOf(key) !== undefined };
}

/** Names of the groups of a pattern that is a regular expression. */
export function groupNames(match: string): readonly string[] {
  return Object.keys(new RegExp(`${match}|`, 'u').exec('')?.groups ?? {});
}
