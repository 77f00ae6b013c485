import { eachMember } from './json-members.js';

/** The properties of an object that are wanted. */
export interface PropertyTree {
  /** Of the value, among those that are wanted. */
  place?: number;
  /** Properties of the object that the value is. */
  readonly below: Map<string, PropertyTree>;
}

export interface FoundProperties {
  /** The texts of the values as in the line, by their places. Undefined for a missing value. */
  readonly values: readonly (string | undefined)[];
  /** There are properties that nobody wants. */
  readonly hasOthers: boolean;
  /** These, with the way to each and its text. */
  readonly others: readonly (readonly [path: string, raw: string])[];
}

/**
 * Reads the wanted properties of an object from text that is known to be JSON; undefined where one stands there twice, or a part of the
 * way to one is no object. `collects`: the others are wanted too.
 */
export function readObject(text: string, tree: PropertyTree, places: number, collects = false): FoundProperties | undefined {
  const values: (string | undefined)[] = Array.from({ length: places }, () => undefined);
  let hasOthers = false;
  const others: (readonly [string, string])[] = [];
  let isTwice = false;
  let isOdd = false;

  const read = (start: number, { below, place: own }: PropertyTree, path: string): void => {
    eachMember(text, start, ({ name, valueStart, valueEnd }) => {
      const node = nodeOf(below, name);
      if (node !== undefined) take(node, valueStart, valueEnd, `${path}${name}.`);
      else if (own === undefined) {
        hasOthers = true;
        if (collects) others.push([path + name, text.slice(valueStart, valueEnd)]);
      }
    });
  };
  const take = (node: PropertyTree, start: number, end: number, path: string): void => {
    const { place, below } = node;
    const raw = text.slice(start, end);
    if (place !== undefined) {
      isTwice ||= values[place] !== undefined;
      values[place] = raw;
    }
    if (below.size === 0) return;
    if (text[start] === '{') read(start, node, path);
    else if (raw === 'null') for (const each of below.values()) take(each, start, end, path);
    else isOdd ||= place === undefined;
  };

  read(0, tree, '');
  return isTwice || isOdd ? undefined : { values, hasOthers, others };
}

/** A name with points may be that of a property, or the way to it: `{"a.b": 1}` is read as `{"a": {"b": 1}}`. */
function nodeOf(below: ReadonlyMap<string, PropertyTree>, name: string): PropertyTree | undefined {
  const [first = '', ...rest] = name.split('.');
  return rest.reduce<PropertyTree | undefined>((node, part) => node?.below.get(part), below.get(first));
}
