import { columnTitle } from '../definition/column-titles.js';
import type { FeedDefinition, RowRuleDefinition } from '../definition/types.js';
import { trueCheck } from '../types/boolean.js';
import type { ValueCheck } from '../types/traits.js';

/** A rule of a feed, made ready for scanning: a column that must be true exactly where another one is filled. */
export interface RuleContract {
  /** Names of the definition. */
  readonly column: string;
  readonly filled: string;
  readonly isTrue: ValueCheck;
  /** Bit of the reason. */
  readonly bad: number;
}

/** Rules of columns that the feed has; definitions are validated before, so others are a bug. */
export function compileRules({ name, columns, rules = [] }: FeedDefinition, bit: (reason: string) => number): readonly RuleContract[] {
  return rules.map(({ column, equals, reason }) => {
    const type = columns.find((each) => each.name === column)?.type;
    if (type?.kind !== 'boolean') throw new RangeError(`feed ${name} has no boolean column ${column}`);
    return { column, filled: equals.filled, isTrue: trueCheck(type), bad: bit(reason) };
  });
}

/** In words, without the column that it is a rule of. */
export function ruleText({ equals }: RowRuleDefinition, columns: FeedDefinition['columns']): string {
  return `must be true where ${headerOf(equals.filled, columns)} is not empty, and false where it is`;
}

/** What files call a column. */
export function headerOf(name: string, columns: FeedDefinition['columns']): string {
  const column = columns.find((each) => each.name === name);
  return column ? columnTitle(column) : name;
}
