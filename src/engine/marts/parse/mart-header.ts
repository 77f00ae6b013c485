/** What may stand before the sections: once or several times, with or without columns to add up. */
const headers = new Map([
  ['key', { repeated: false, sums: false }],
  ['refresh by', { repeated: false, sums: false }],
  ['after', { repeated: false, sums: false }],
  ['index', { repeated: true, sums: false }],
  ['count by', { repeated: true, sums: true }],
  ['by', { repeated: false, sums: false }],
  ['kind', { repeated: false, sums: false }],
  ['of', { repeated: false, sums: false }],
  ['reads', { repeated: false, sums: false }],
]);

export interface Line {
  readonly number: number;
  readonly text: string;
}

export interface HeaderList {
  readonly line: number;
  readonly names: readonly string[];
  /** In brackets behind the names; none where the header takes none. */
  readonly sums: readonly string[];
}

/** The header's lists by name, with the line on which each stands. */
export interface Header {
  readonly lists: Map<string, HeaderList[]>;
  readonly description: string;
}

export type Report = (line: number, text: string) => void;

/** A section ends the header, whether an empty line stands before it or not. */
const sectionStart = /^-- (columns|rows|affected( by\b.*)?)$/;

/** The comments below the title, and from the first section on all the rest. */
export function splitHeader(lines: readonly Line[]): { header: readonly Line[]; body: readonly Line[] } {
  const first = lines.findIndex(({ text }) => sectionStart.test(text) || !/^(--( .*)?)?$/.test(text));
  const end = first < 0 ? lines.length : first;
  return { header: lines.slice(0, end).filter(({ text }) => text !== ''), body: lines.slice(end) };
}

/** The comments before the first section: lists by name, all else is the description. */
export function readHeader(lines: readonly Line[], problem: Report): Header {
  const lists: Header['lists'] = new Map();
  const description: string[] = [];
  for (const line of lines) {
    const field = /^-- ([a-z]+(?: by)?):(.*)$/.exec(line.text);
    if (!field) {
      description.push(line.text.slice(3));
      continue;
    }
    const [, name = '', value = ''] = field;
    const known = headers.get(name);
    if (!known) problem(line.number, `unknown header \`${name}\``);
    if (lists.has(name) && !known?.repeated) problem(line.number, `\`${name}\` stands twice`);
    const [, outside = value, inside] = known?.sums ? (/^([^()]*)\(([^()]*)\)\s*$/.exec(value) ?? []) : [];
    const [names = [], sums = []] = [outside, inside].map((part) => part?.split(',').map((each) => each.trim()));
    if ([...names, ...sums].includes('')) problem(line.number, `\`${name}\` has an empty name in its list`);
    if (new Set([...names, ...sums]).size < names.length + sums.length) problem(line.number, `\`${name}\` names something twice`);
    lists.set(name, [...(lists.get(name) ?? []), { line: line.number, names, sums }]);
  }
  return { lists, description: description.join(' ').trim() };
}
