/** The properties of an object that are wanted. */
export interface PropertyTree {
  /** Of the value, among those that are wanted. */
  place?: number;
  /** Properties of the object that the value is. */
  readonly below: Map<string, PropertyTree>;
}

export interface FoundProperties {
  /** The texts of the values as they stand there, by their places; undefined where there is none. */
  readonly values: readonly (string | undefined)[];
  /** There are properties that nobody wants. */
  readonly hasOthers: boolean;
}

const space = /[ \t\r\n]*/y;
const plain = /[^\s,\]}]*/y;
/** What begins or ends a text, a list or an object. */
const signs = /["[\]{}]/g;

/**
 * Reads the wanted properties of an object from text that is known to be JSON; undefined where one stands there twice, or a part of the
 * way to one is no object.
 */
export function readObject(text: string, tree: PropertyTree, places: number): FoundProperties | undefined {
  const values: (string | undefined)[] = Array.from({ length: places }, () => undefined);
  let hasOthers = false;
  let isTwice = false;
  let isOdd = false;

  /** Returns the index after the object that begins at `start`. */
  const read = (start: number, { below, place: own }: PropertyTree): number => {
    for (let at = start + 1; ;) {
      at = after(space, text, at);
      if (text[at] === '}') return at + 1;
      if (text[at] === ',') {
        at += 1;
        continue;
      }
      const nameEnd = afterText(text, at);
      const node = below.get(nameOf(text.slice(at, nameEnd)));
      const valueStart = after(space, text, after(space, text, nameEnd) + 1);
      const valueEnd = afterValue(text, valueStart);
      if (node === undefined) hasOthers ||= own === undefined;
      else take(node, valueStart, valueEnd);
      at = valueEnd;
    }
  };
  const take = (node: PropertyTree, start: number, end: number): void => {
    const { place, below } = node;
    const raw = text.slice(start, end);
    if (place !== undefined) {
      isTwice ||= values[place] !== undefined;
      values[place] = raw;
    }
    if (below.size === 0) return;
    if (text[start] === '{') read(start, node);
    else if (raw === 'null') for (const each of below.values()) take(each, start, end);
    else isOdd ||= place === undefined;
  };

  read(0, tree);
  return isTwice || isOdd ? undefined : { values, hasOthers };
}

/** The index after the value that begins there. */
function afterValue(text: string, start: number): number {
  if (text[start] === '"') return afterText(text, start);
  if (text[start] !== '{' && text[start] !== '[') return after(plain, text, start);
  let depth = 0;
  for (let at = start; ;) {
    signs.lastIndex = at;
    const sign = signs.exec(text)?.[0];
    const found = signs.lastIndex - 1;
    if (sign === '"') at = afterText(text, found);
    else {
      depth += sign === '{' || sign === '[' ? 1 : -1;
      at = found + 1;
      if (depth === 0) return at;
    }
  }
}

function afterText(text: string, start: number): number {
  for (let at = start + 1; ;) {
    const end = text.indexOf('"', at);
    let slashes = end;
    while (text[slashes - 1] === '\\') slashes -= 1;
    if ((end - slashes) % 2 === 0) return end + 1;
    at = end + 1;
  }
}

function after(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  pattern.test(text);
  return pattern.lastIndex;
}

function nameOf(raw: string): string {
  return raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
}
