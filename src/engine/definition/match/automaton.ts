import { UnsupportedPattern, type Pattern } from './parse-pattern.js';

/** The characters of a pattern, and in how many ways one can follow another: 2 stands for two and more. */
export interface Automaton {
  /** What each of them matches. */
  readonly sources: readonly string[];
  /** Those that can come first, after a start (`^`) and elsewhere. */
  readonly first: ReadonlyMap<number, number>;
  readonly firstElsewhere: ReadonlyMap<number, number>;
  readonly next: readonly ReadonlyMap<number, number>[];
  /** What is looked for around a place. */
  readonly around: readonly Pattern[];
}

const mostCharacters = 500;
const mostSteps = 20_000;

interface State {
  /** States that are reached without a character. */
  readonly free: number[];
  /** Index of the character that leads on to `to`. */
  character?: number;
  to?: number;
  isStart?: boolean;
  /** Where the repetition began that ends here. */
  began?: number;
}

/** A pattern's automaton, its counted repeats written out. Throws UnsupportedPattern when it becomes too large. */
export function automatonOf(pattern: Pattern): Automaton {
  const builder = new Builder();
  const begin = builder.state();
  builder.build(pattern, begin);
  const { states, sources, around } = builder;
  const targets = states.flatMap(({ to }) => (to === undefined ? [] : [to]));
  return {
    sources,
    around,
    first: reached(states, begin, true),
    firstElsewhere: reached(states, begin, false),
    next: targets.map((state) => reached(states, state, false)),
  };
}

class Builder {
  readonly states: State[] = [];
  readonly sources: string[] = [];
  readonly around: Pattern[] = [];

  state(): number {
    return this.states.push({ free: [] }) - 1;
  }

  /** Adds the pattern behind the state and returns the one that it ends in. */
  build(pattern: Pattern, from: number): number {
    switch (pattern.kind) {
      case 'nothing':
        return from;
      case 'sequence':
        return pattern.parts.reduce((state, part) => this.build(part, state), from);
      case 'choice':
        return this.joined(pattern.options.map((option) => this.build(option, this.after(from))));
      case 'repeat':
        return this.repeat(pattern, from);
      case 'around':
        this.around.push(pattern.body);
        return from;
      case 'start': {
        const state = this.after(from);
        Object.assign(this.at(state), { isStart: true });
        return this.after(state);
      }
      case 'character': {
        if (this.sources.length === mostCharacters)
          throw new UnsupportedPattern('repeats too much in numbers. Use * or + instead of {...}');
        const [state, to] = [this.after(from), this.state()];
        Object.assign(this.at(state), { character: this.sources.push(pattern.source) - 1, to });
        return to;
      }
    }
  }

  private repeat({ body, min, max }: Pattern & { kind: 'repeat' }, from: number): number {
    let state = from;
    const copies = max === Infinity ? min - 1 : min;
    for (let count = 0; count < copies; count += 1) state = this.build(body, state);
    if (max === Infinity) {
      const { begin, end } = this.repetition(body, state);
      this.at(end).free.push(begin);
      return this.joined(min === 0 || canBeEmpty(body) ? [state, end] : [end]);
    }
    const ends = [state];
    for (let count = min; count < max; count += 1) {
      state = this.repetition(body, state).end;
      ends.push(state);
    }
    return this.joined(ends);
  }

  private repetition(body: Pattern, from: number): { begin: number; end: number } {
    const begin = this.after(from);
    const end = this.after(this.build(body, begin));
    Object.assign(this.at(end), { began: begin });
    return { begin, end };
  }

  private after(from: number): number {
    return this.joined([from]);
  }

  private joined(from: readonly number[]): number {
    const state = this.state();
    for (const each of from) this.at(each).free.push(state);
    return state;
  }

  private at(state: number): State {
    const found = this.states[state];
    if (!found) throw new RangeError('no such state');
    return found;
  }
}

function canBeEmpty(pattern: Pattern): boolean {
  switch (pattern.kind) {
    case 'character':
      return false;
    case 'sequence':
      return pattern.parts.every(canBeEmpty);
    case 'choice':
      return pattern.options.some(canBeEmpty);
    case 'repeat':
      return pattern.min === 0 || canBeEmpty(pattern.body);
    case 'start':
    case 'nothing':
    case 'around':
      return true;
  }
}

/** The characters that can come next, with the number of ways to each. JavaScript takes no repetition that is empty. */
function reached(states: readonly State[], from: number, isStart: boolean): Map<number, number> {
  const found = new Map<number, number>();
  const way = new Set<number>();
  let steps = 0;
  const go = (index: number) => {
    const state = states[index];
    if (!state || (state.isStart && !isStart) || (state.began !== undefined && way.has(state.began))) return;
    steps += 1;
    if (steps > mostSteps) throw new UnsupportedPattern('has too many optional parts in a row. Write it more simply');
    if (state.character !== undefined) found.set(state.character, Math.min(2, (found.get(state.character) ?? 0) + 1));
    way.add(index);
    for (const each of state.free) go(each);
    way.delete(index);
  };
  go(from);
  return found;
}
