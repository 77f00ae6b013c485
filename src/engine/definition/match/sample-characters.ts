/** Characters of every kind that patterns distinguish, one of each. */
export interface SampleCharacters {
  /** Numbers of the samples. */
  readonly samples: readonly number[];
  /** Whether a character of the pattern matches a sample. */
  readonly matches: (character: number, sample: number) => boolean;
  /** A sample that a character of the pattern matches. */
  readonly sampleOf: (character: number) => number;
  /** Whether two characters of the pattern match a sample in common. */
  readonly overlap: (one: number, other: number) => boolean;
}

/** ASCII, Latin, and some of what else \w, \p{...} and ranges distinguish. */
const usual = [
  ...Array.from({ length: 0x250 }, (_, code) => String.fromCodePoint(code)),
  ...[
    '\u0301',
    '\u0391',
    '\u03b1',
    '\u0416',
    '\u0436',
    '\u05d0',
    '\u0627',
    '\u0661',
    '\u0939',
    '\u0e01',
    '\u1e9e',
    '\u2000',
    '\u2028',
    '\u20ac',
  ],
  ...['\u3042', '\u30a2', '\u4e2d', '\uac00', '\ue000', '\ufeff', '\uff10', '\uff21', '\u{1d400}', '\u{1f600}', '\u{e0100}'],
];

/** Those that the pattern names itself are among them, with their neighbours, as ranges may begin or end there. */
export function sampleCharacters(sources: readonly string[], pattern: string): SampleCharacters {
  const matchers = new Map([...new Set(sources)].map((source) => [source, new RegExp(`^(?:${source})$`, 'u')]));
  const kinds = new Map<string, string>();
  for (const sample of new Set([...usual, ...namedIn(pattern)])) {
    const kind = [...matchers.values()].map((matcher) => (matcher.test(sample) ? '1' : '0')).join('');
    if (!kinds.has(kind)) kinds.set(kind, sample);
  }
  const samples = [...kinds.values()];
  const table = sources.map((source) => samples.map((sample) => matchers.get(source)?.test(sample) ?? false));
  const matches = (character: number, sample: number) => table[character]?.[sample] ?? false;
  return {
    samples: samples.map((_, index) => index),
    matches,
    sampleOf: (character) => Math.max(0, table[character]?.indexOf(true) ?? 0),
    overlap: (one, other) => samples.some((_, index) => matches(one, index) && matches(other, index)),
  };
}

function namedIn(pattern: string): string[] {
  const escaped = [...pattern.matchAll(/\\u\{([0-9a-f]+)\}|\\u([0-9a-f]{4})|\\x([0-9a-f]{2})/giu)].map(([, ...codes]) =>
    parseInt(codes.find((code) => code !== undefined) ?? '0', 16),
  );
  const plain = [...pattern].map((each) => each.codePointAt(0) ?? 0);
  return [...escaped, ...plain].flatMap((code) =>
    [code - 1, code, code + 1].filter((each) => each >= 0 && each <= 0x10ffff).map((each) => String.fromCodePoint(each)),
  );
}
