import type { Help } from 'commander';

/** Where less is left beside the terms, a description stands below its term. */
const narrowest = 32;
const indent = 2;
const gap = 2;
const standard = 80;

/** How help is laid out: descriptions break between words on a terminal of any width. */
export const helpLayout: Partial<Help> = {
  minWidthToWrap: 10,
  formatItem(term, termWidth, description, helper) {
    const width = helper.helpWidth ?? standard;
    const beside = width - indent - termWidth - gap;
    const isBeside = beside >= narrowest;
    const column = isBeside ? indent + termWidth + gap : 3 * indent;
    const lines = helper.boxWrap(description, width - column).split('\n');
    const first = isBeside ? `${term.padEnd(termWidth + gap)}${lines.shift() ?? ''}` : term;
    return [' '.repeat(indent) + first, ...lines.map((line) => ' '.repeat(column) + line)].join('\n').trimEnd();
  },
};
