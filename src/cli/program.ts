import { Command } from 'commander';
import { strataVersion } from '../version.js';
import type { Cli } from './cli.js';
import { commandList } from './command-list.js';
import { helpLayout } from './terminal/help-layout.js';

const afterCommands = `
Each command shows its options with --help.
A pipeline that answers questions about areas is a command
too, for example: strata trips weekly --help

Examples:
  strata migrate
  strata run eastrock
  strata status
  strata why

Exit codes:
  0    everything went well
  1    something failed, and the message says what to do
  2    the command was called wrongly
  130  Ctrl-C was pressed, and the run goes on

Settings come from environment variables such as
STRATA_MYSQL_URL and TEMPORAL_ADDRESS.
To check them, run: strata doctor`;

/** The command line's grammar: names and descriptions of all commands, the rest of one when that is called. */
export function createProgram(cli: Cli): Command {
  const program = new Command('strata')
    .description('Load files and databases into a MySQL or MariaDB warehouse, with Temporal workflows')
    .version(strataVersion)
    .configureHelp(helpLayout)
    .showHelpAfterError('(add --help for help)')
    .addHelpText('after', afterCommands)
    .hook('preSubcommand', (_program, called) => complete(called, cli));
  for (const { name, description } of commandList) program.command(name).description(description);
  inheritSettings(program);
  return program;
}

/** Adds what the command's own module says of it. */
export async function complete(command: Command, cli: Cli): Promise<void> {
  const define = await commandList.find(({ name }) => name === command.name())?.load();
  define?.(command, cli);
  inheritSettings(command);
}

/** `strata help loads` is `strata loads --help`: commander would show the help before the command is complete. */
export function asCalled(argv: readonly string[]): string[] {
  const [node = '', program = '', ...words] = argv;
  const asksHelp = words[0] === 'help' && words[1] !== undefined && !words[1].startsWith('-');
  return [node, program, ...(asksHelp ? [...words.slice(1), '--help'] : words)];
}

/** Errors of commander come to us, from subcommands too. */
function inheritSettings(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    inheritSettings(child);
  }
}
