import type { Command } from 'commander';
import { UsageError } from './usage-error.js';

/** Adds examples below the command's help. */
export function withExamples(command: Command, examples: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}`);
}

/** The same for a command whose result scripts may want. */
export function withJson(command: Command, examples: readonly string[]): Command {
  return withExamples(command.option('--json', 'print one JSON document on stdout, for scripts'), examples);
}

/** Parses how many of something there may be: at least one. */
export function atLeastOne(text: string): number {
  return numberFrom(1, text);
}

/** Parses a whole number of an option or argument: at least zero. */
export function wholeNumber(text: string): number {
  return numberFrom(0, text);
}

/** Of digits alone, and no more of them than a double holds exactly. */
function numberFrom(least: number, text: string): number {
  if (/^\d{1,15}$/.test(text) && Number(text) >= least) return Number(text);
  throw new UsageError(`${JSON.stringify(text)} is not a whole number from ${least} to 999,999,999,999,999`);
}
