/** A regular expression (flag u) as far as it matters for how many ways it can match in. */
export type Pattern =
  /** One character; `source` is the expression that matches it. */
  | { readonly kind: 'character'; readonly source: string }
  /** `start` is `^`; the others look at what is around and take no character. */
  | { readonly kind: 'start' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'around'; readonly body: Pattern }
  | { readonly kind: 'sequence'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'choice'; readonly options: readonly Pattern[] }
  | { readonly kind: 'repeat'; readonly body: Pattern; readonly min: number; readonly max: number };

/** Something that JavaScript takes and this check does not; the message says what. */
export class UnsupportedPattern extends Error {}

/** Parses a pattern that compiles with the flag u. Throws UnsupportedPattern. */
export function parsePattern(source: string): Pattern {
  const reader = new Reader(source);
  const pattern = choice(reader);
  if (!reader.isAtEnd) throw new UnsupportedPattern('can not be understood by this check. Write it more simply');
  return pattern;
}

class Reader {
  private at = 0;
  constructor(private readonly source: string) {}

  get isAtEnd(): boolean {
    return this.at === this.source.length;
  }

  /** Takes what the expression (sticky) matches here. */
  take(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.at;
    const match = expression.exec(this.source);
    if (!match) return undefined;
    this.at += match[0].length;
    return match;
  }
}

function choice(reader: Reader): Pattern {
  const options = [sequence(reader)];
  while (reader.take(/\|/y)) options.push(sequence(reader));
  return options.length === 1 && options[0] ? options[0] : { kind: 'choice', options };
}

function sequence(reader: Reader): Pattern {
  const parts: Pattern[] = [];
  for (let part = term(reader); part; part = term(reader)) parts.push(repeated(part, reader));
  return { kind: 'sequence', parts };
}

const character =
  /\[(?:\\.|[^\]\\])*\]|\\u\{[0-9a-f]+\}|\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\p\{[^}]*\}|\\c[a-z]|\\.|[^|()]/iuy;

function term(reader: Reader): Pattern | undefined {
  if (reader.take(/\^/y)) return { kind: 'start' };
  if (reader.take(/\$|\\[bB]/y)) return { kind: 'nothing' };
  if (reader.take(/\\(?:[1-9]|k<)/y)) throw new UnsupportedPattern('must not refer back to a group. Write out what is meant');
  if (reader.take(/\(\?<?[=!]/y)) return { kind: 'around', body: group(reader) };
  if (reader.take(/\((?:\?:|\?<[^>]*>|(?!\?))/y)) return group(reader);
  if (reader.take(/\(\?/y)) throw new UnsupportedPattern('must not set flags within a group. Write out what is meant');
  const match = reader.take(character);
  return match && { kind: 'character', source: match[0] };
}

function group(reader: Reader): Pattern {
  const body = choice(reader);
  reader.take(/\)/y);
  return body;
}

function repeated(body: Pattern, reader: Reader): Pattern {
  const [, sign, least, upTo, most] = reader.take(/(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/y) ?? [];
  if (sign !== undefined) return { kind: 'repeat', body, min: sign === '+' ? 1 : 0, max: sign === '?' ? 1 : Infinity };
  if (least === undefined) return body;
  const min = Number(least);
  const max = upTo === '' ? min : most === '' ? Infinity : Number(most);
  return { kind: 'repeat', body, min, max };
}
