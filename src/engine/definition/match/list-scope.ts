import type { Period } from '../../../contracts/activities/refs.js';
import type { FeedDefinition } from '../types.js';
import { isOfKeys } from './feed-matcher.js';
import { parsePattern } from './parse-pattern.js';

/** A part of a source that is listed: keys that begin with the prefix, in folders too where it is recursive. */
export interface ListScope {
  readonly recursive: boolean;
  readonly prefix: string;
}

type Matching = Pick<FeedDefinition, 'match' | 'partition'>;

/** The part of the source that a pickup lists for a feed, or for files of some dates. It is as small as possible. */
export function listScope({ match, partition }: Matching, dates?: Period): ListScope {
  const recursive = isOfKeys(match);
  if (!recursive && !match.startsWith('^')) return { recursive, prefix: '' };
  const { text, end } = literalBeginning(match);
  const isDated = dates && partition && 'group' in partition && match.startsWith(`(?<${partition.group}>`, end);
  if (isDated) return { recursive, prefix: text + commonBeginning(dates.from, dates.to) };
  return { recursive, prefix: recursive || dates ? text : '' };
}

/** Parts of a source that hold the files of all feeds and what lies beside them; no object is in two of them. */
export function listScopes(feeds: readonly Matching[]): readonly ListScope[] {
  const scopes = feeds.map((feed) => listScope(feed));
  const folders = [
    ...new Set(scopes.filter(({ recursive }) => recursive).map(({ prefix }) => prefix.slice(0, prefix.lastIndexOf('/') + 1))),
  ];
  const widest = folders.filter((folder) => !folders.some((other) => other !== folder && folder.startsWith(other)));
  const hasRoot = scopes.some(({ recursive }) => !recursive) && !widest.includes('');
  return [...(hasRoot ? [{ recursive: false, prefix: '' }] : []), ...widest.map((prefix) => ({ recursive: true, prefix }))];
}

/** Whether a folder of a source, such as `raw/2026-01-31/`, may hold files of the feeds, or lead to them. */
export function mayHoldFiles(feeds: readonly Matching[]): (folder: string) => boolean {
  const prefixes = listScopes(feeds).flatMap(({ recursive, prefix }) => (recursive ? [prefix] : []));
  return (folder) => prefixes.some((prefix) => folder.startsWith(prefix) || prefix.startsWith(folder));
}

const literal = /\^|\\[^a-zA-Z0-9]|[^\\^$.*+?()[\]{}|]/uy;

/** What every key begins with that the pattern matches, as far as it is written out, and where in the pattern that ends. */
function literalBeginning(match: string): { readonly text: string; readonly end: number } {
  if (parsePattern(match).kind === 'choice') return { text: '', end: 0 };
  let text = '';
  for (let end = 0; ;) {
    literal.lastIndex = end;
    const [token] = literal.exec(match) ?? [];
    const next = token === undefined ? undefined : match[end + token.length];
    // What comes that often may not come at all.
    if (token === undefined || next === '*' || next === '?' || next === '{') return { text, end };
    if (token !== '^') text += token.replace(/^\\/, '');
    end += token.length;
    if (next === '+') return { text, end: match.length };
  }
}

function commonBeginning(one: string, other: string): string {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return one.slice(0, length);
}
