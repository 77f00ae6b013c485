import { PassThrough } from 'node:stream';
import type { Command } from 'commander';
import { describe, expect, it } from '@jest/globals';
import { Cli } from '../../../src/cli/cli.js';
import { complete, createProgram } from '../../../src/cli/program.js';
import { Output } from '../../../src/cli/terminal/output.js';
import { wrapText } from '../../../src/cli/terminal/wrap.js';

const cli = new Cli({});
const program = createProgram(cli);
for (const command of program.commands) await complete(command, cli);

/** The command and all below it, each by the words that call it. */
function family(command: Command, words: readonly string[] = ['strata']): (readonly [string, Command])[] {
  return [[words.join(' '), command], ...command.commands.flatMap((child) => family(child, [...words, child.name()]))];
}

/** The help as a terminal of that width gets it, without the examples, which are to be copied. */
function help(command: Command, width: number): string[] {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => width });
  command.outputHelp();
  return text.split('\n').filter((line) => !line.startsWith('  $ '));
}

describe.each(family(program))('the help of %s', (_words, command) => {
  it.each([60, 80, 120])('breaks between words at %i columns', (width) => {
    const lines = help(command, width);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(Math.max(width, 70 * Number(line.startsWith('Usage:'))));
    // Nothing of a text is lost by its layout.
    const words = (parts: readonly string[]) => parts.join(' ').split(/\s+/).join(' ');
    expect(words(lines)).toContain(command.description());
  });

  it('has no semicolon, and describes every option and argument', () => {
    expect(help(command, 80).join('\n')).not.toContain(';');
    for (const { description } of [...command.options, ...command.registeredArguments]) expect(description).not.toBe('');
  });
});

describe('sentences on a narrow terminal', () => {
  const sentence = 'no worker serves the task queue strata, and the last one was seen 2 min ago. To go on, run: strata worker';

  it('break between words, later lines deeper', () => {
    expect(wrapText(`      ${sentence}`, 60)).toEqual([
      '      no worker serves the task queue strata, and the last',
      '        one was seen 2 min ago. To go on, run: strata worker',
    ]);
    expect(wrapText('FAIL  short', 60)).toEqual(['FAIL  short']);
  });

  it('keep a command to copy on one line, and long words whole', () => {
    const lines = wrapText(`To see what it does, run: strata why eastrock/users/pickup. To end it: strata cancel eastrock/run --force`, 40);
    expect(lines).toContain('  strata why eastrock/users/pickup. To');
    expect(lines.at(-1)).toBe('  strata cancel eastrock/run --force');
    expect(wrapText(`the object ${'k'.repeat(80)} is left alone`, 40)).toEqual(['the object', `  ${'k'.repeat(80)}`, '  is left alone']);
  });

  it('are one line each in a pipe', () => {
    const written = (terminal: boolean): string => {
      const stream = Object.assign(new PassThrough(), { isTTY: terminal, columns: 60 });
      const out = new Output(stream as unknown as NodeJS.WriteStream, stream as unknown as NodeJS.WriteStream);
      out.prose(sentence);
      out.note(sentence);
      return String(stream.read());
    };
    expect(written(false)).toBe(`${sentence}\n${sentence}\n`);
    for (const line of written(true).split('\n')) expect(line.length).toBeLessThanOrEqual(60);
  });
});
