import { reasonsOf } from '../../../read/contract.js';
import { lookUp, type FeedOutline } from '../../outline.js';
import { at } from '../../shape-mistakes.js';

/** Mistakes in the rules of a feed: they speak of its columns, and a rule that can never be broken is one. */
export function ruleMistakes({ path: feedPath, rules, columns, reasons }: FeedOutline): string[] {
  return rules.flatMap(({ path, value: { column, equals, reason } }) => {
    const mistakes = [[`${path}.column`, column] as const, [`${path}.equals.filled`, equals.filled] as const].flatMap(([place, name]) =>
      lookUp(columns, name).absent ? [at(place, `the feed has no column ${name}. Name one of its columns`)] : [],
    );
    const flag = lookUp(columns, column).value;
    if (flag && flag.type.kind !== 'boolean') {
      mistakes.push(at(`${path}.column`, `${column} is ${flag.type.kind}. A rule needs a boolean column`));
    }
    const other = lookUp(columns, equals.filled).value;
    if (other && reasonsOf(other).empty !== undefined) {
      mistakes.push(
        at(`${path}.equals.filled`, `${equals.filled} is never empty in a good row. Name a column that may be, such as a nullable one`),
      );
    }
    if (reasons && !reasons.includes(reason)) {
      mistakes.push(at(`${path}.reason`, `${reason} is not in ${feedPath}.reasons. Add it there, at its place in the order of reporting`));
    }
    return mistakes;
  });
}
