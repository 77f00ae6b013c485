import { feedGroups } from '../../../entities/feed-groups.js';
import { isOfKeys } from '../../match/feed-matcher.js';
import type { Outline } from '../../outline.js';
import { at } from '../../shape-mistakes.js';

/** Mistakes of feeds that take what the manifests of a lake name. */
export function lakeMistakes({ feeds, entities, release }: Outline): string[] {
  const named = feeds.flatMap(({ name }) => (name === undefined ? [] : [{ name }]));
  const groups = feedGroups({ feeds: named, entities: entities.sound.map(({ value }) => value) });
  return feeds.flatMap(({ path, name = '', match, manifest, partition, delivery }) => {
    const other = feeds.find((each) => each.manifest !== undefined && groups.get(each.name ?? '') === groups.get(name));
    if (manifest === undefined)
      return other && groups.has(name)
        ? [
            at(
              path,
              `${name} fills common entities with ${other.name}, which goes by the runs of a lake. Give it manifest too, or entities of its own`,
            ),
          ]
        : [];
    const mistakes: string[] = [];
    if (release !== 'keep') mistakes.push(at(`${path}.manifest`, "needs release: 'keep', for a lake's objects are never moved or deleted"));
    if (partition)
      mistakes.push(at(`${path}.partition`, 'has no effect beside manifest, for runs decide the order. Leave one of the two out'));
    if (delivery?.kind === 'snapshot')
      mistakes.push(
        at(
          `${path}.delivery`,
          "can't be snapshot beside manifest, for an object of a lake is a part of a run and never holds all keys. Leave it out, or use tombstones",
        ),
      );
    if (match !== undefined && !isOfKeys(match))
      mistakes.push(at(`${path}.match`, 'must match whole keys of the lake, such as sales_order/.+. A name alone matches none'));
    return mistakes;
  });
}
