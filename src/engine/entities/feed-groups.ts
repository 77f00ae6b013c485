/** Feeds and entities as far as they say who fills what. */
export interface Filling {
  readonly feeds: readonly { readonly name: string }[];
  readonly entities: readonly { readonly from: readonly { readonly feed: string }[] }[];
}

/**
 * The group of each feed, by the name of the group's first feed. Feeds that fill a common entity, by themselves or by way of others, are
 * a group: they count their batches together, so that the order of an entity's changes is that of its batches.
 */
export function feedGroups({ feeds, entities }: Filling): ReadonlyMap<string, string> {
  const groups = new Map(feeds.map(({ name }) => [name, name]));
  for (const { from } of entities) {
    const joined = new Set(from.map(({ feed }) => groups.get(feed)));
    const first = feeds.find(({ name }) => joined.has(name))?.name;
    for (const [feed, group] of groups) if (first !== undefined && joined.has(group)) groups.set(feed, first);
  }
  return groups;
}

/** The group of one feed; definitions were validated, so it is there. */
export function groupOf(filling: Filling, feed: string): string {
  const group = feedGroups(filling).get(feed);
  if (group === undefined) throw new Error(`there is no feed ${feed}`);
  return group;
}
