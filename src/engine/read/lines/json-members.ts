/** A member of an object, by places in its text. */
export interface Member {
  readonly name: string;
  /** Of its name's first quote. */
  readonly start: number;
  /** After the name. */
  readonly nameEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

const space = /[ \t\r\n]*/y;
const plain = /[^\s,\]}]*/y;
/** What begins or ends a text, a list or an object. */
const signs = /["[\]{}]/g;

/** Calls `visit` for each member of the object that begins at `start` of text that is known to be JSON. Returns the index after it. */
export function eachMember(text: string, start: number, visit: (member: Member) => void): number {
  for (let at = start + 1; ;) {
    at = after(space, text, at);
    if (text[at] === '}') return at + 1;
    if (text[at] === ',') {
      at += 1;
      continue;
    }
    const nameEnd = afterText(text, at);
    const valueStart = after(space, text, after(space, text, nameEnd) + 1);
    const valueEnd = afterValue(text, valueStart);
    visit({ name: nameOf(text.slice(at, nameEnd)), start: at, nameEnd, valueStart, valueEnd });
    at = valueEnd;
  }
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
