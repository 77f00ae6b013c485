import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { addAreas } from '../../src/cli/area-commands.js';
import { Cli } from '../../src/cli/cli.js';
import { complete, createProgram } from '../../src/cli/program.js';
import { compileFile } from '../support/mart-warehouse.js';
import { documentAt, documents, fencedBlocks, root } from './documents.js';

const cli = new Cli({});
const program = createProgram(cli);
for (const command of program.commands) await complete(command, cli);
// Only a pipeline with areas has such commands: that of the pipeline that is built in stands for all.
await addAreas(program, cli, await compileFile('trips'));
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Readonly<Record<string, string>> };

/** Commands that do something, by the words that call them. */
function leaves(command: Command, words: readonly string[] = ['strata']): (readonly [string, Command])[] {
  if (command.commands.length === 0) return [[words.join(' '), command]];
  return command.commands.flatMap((child) => leaves(child, [...words, child.name()]));
}

/** Arguments and options as a page writes them: `<pipeline>`, `[marts...]`, `--limit <n>`. */
function parameters(command: Command): string[] {
  const args = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [...args, ...command.options.map(({ flags }) => flags)];
}

/** Words of a shell line, without where its output goes; quotes group. */
function words(line: string): string[] {
  const call = line.replace(/ (\d?>>? ?\S+|&$)/g, '');
  return [...call.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

/** Throws a reason when the program would not take the words that follow `strata`. */
function checkCall(call: readonly string[]): void {
  let command = program;
  let rest = [...call];
  while (command.commands.length > 0) {
    const next = command.commands.find((child) => child.name() === rest[0]);
    if (!next) throw new Error(`${command.name()} has no command ${rest[0]}`);
    command = next;
    rest = rest.slice(1);
  }
  const { operands, unknown } = command.parseOptions(rest);
  if (unknown.length > 0) throw new Error(`${command.name()} has no option ${unknown.join(' ')}`);
  const required = command.registeredArguments.filter((argument) => argument.required).length;
  const most = command.registeredArguments.some((argument) => argument.variadic) ? Infinity : command.registeredArguments.length;
  if (operands.length < required || operands.length > most)
    throw new Error(`${command.name()} does not take the arguments ${operands.join(' ')}`);
}

describe('docs/reference/cli.md', () => {
  const page = documentAt('docs/reference/cli.md').text;
  const sections = new Map(
    page
      .split(/^## /m)
      .slice(1)
      .map((section) => [/^`([^`]+)`/.exec(section)?.[1] ?? section.split('\n')[0]!, section]),
  );

  it('has a section for every command, and for nothing else', () => {
    expect([...sections.keys()].sort()).toEqual(
      leaves(program)
        .map(([name]) => name)
        .sort(),
    );
  });

  it.each(leaves(program))('lists every argument and option of %s, and nothing else', (name, command) => {
    const listed = [...(sections.get(name) ?? '').matchAll(/^\| `([^`]+)` \|/gm)].map(([, parameter]) => parameter);
    expect(listed.sort()).toEqual(parameters(command).sort());
  });
});

describe('command lines in README.md and docs', () => {
  const lines = documents.flatMap((document) =>
    fencedBlocks(document)
      .filter(({ language }) => language === 'sh')
      .flatMap(({ text }) =>
        text
          .replace(/\\\n\s*/g, ' ')
          .trim()
          .split('\n'),
      )
      .map((line) => line.replace(/^(\w+=\S* )+/, '').replace(/^docker compose run --rm --no-deps worker /, 'npx strata '))
      .map((line) => ({ path: document.path, line })),
  );

  it('call strata in a way that it takes', () => {
    const wrong = lines.flatMap(({ path, line }) => {
      if (!/^(npx )?strata /.test(line)) return [];
      try {
        checkCall(words(line.replace(/^(npx )?strata /, '')));
        return [];
      } catch (error) {
        return [`${path}: ${line}: ${String(error)}`];
      }
    });
    expect(wrong).toEqual([]);
    expect(lines.filter(({ line }) => line.startsWith('npx strata ')).length).toBeGreaterThan(20);
  });

  it('start no service that was stopped when they only run one of its commands', () => {
    const started = lines.filter(({ line }) => /^docker compose run /.test(line) && !line.includes(' --no-deps '));
    expect(started).toEqual([]);
  });

  it('call only npm scripts that there are', () => {
    const called = lines
      .flatMap(({ line }) => /^npm (run )?([\w:-]+)/.exec(line)?.[2] ?? [])
      .filter((name) => !['ci', 'install', 'link'].includes(name));
    for (const name of called) expect(Object.keys(scripts)).toContain(name);
    expect(called).toEqual(expect.arrayContaining(['demo', 'test']));
  });
});
