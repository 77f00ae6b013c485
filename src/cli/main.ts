import { Command, CommanderError } from 'commander';
import { readSettings } from '../config/settings.js';
import { StoreError } from '../engine/object-store.js';
import { StrataError } from '../engine/strata-error.js';
import { backfillCommand } from './commands/backfill.js';
import { Cli } from './cli.js';
import { cancelCommand } from './commands/cancel.js';
import { whyCommand } from './commands/why.js';
import { doctorCommand } from './commands/doctor.js';
import { loadsCommand } from './commands/loads.js';
import { martsCommand } from './commands/marts.js';
import { renderCommand } from './commands/render.js';
import { migrateCommand } from './commands/migrate.js';
import { putCommand } from './commands/put.js';
import { quarantineCommand } from './commands/quarantine/quarantine.js';
import { runCommand } from './commands/run.js';
import { schedulesCommand } from './commands/schedules.js';
import { serveCommand } from './commands/serve.js';
import { sourceCommand } from './commands/source/source.js';
import { statusCommand } from './commands/status.js';
import { unsupportedOption } from './unsupported-options.js';
import { UsageError } from './usage-error.js';
import { workerCommand } from './commands/worker.js';

const exitCodes = `
Exit codes:
  0    all went well
  1    something failed; the message says what to do
  2    the command was called wrongly
  130  Ctrl-C; a run goes on without its watcher

Settings come from the environment: STRATA_MYSQL_URL, TEMPORAL_ADDRESS and others; strata doctor checks them.`;

/** The command line's grammar: every command with its arguments and options. */
export function createProgram(cli: Cli): Command {
  const program = new Command('strata')
    .description('Durable ETL: files in object stores become tables in a MySQL warehouse, by Temporal workflows')
    .version('0.1.0')
    .showHelpAfterError('(add --help for help)')
    .addHelpText('after', exitCodes);
  const commands = [
    migrateCommand,
    workerCommand,
    serveCommand,
    schedulesCommand,
    putCommand,
    runCommand,
    statusCommand,
    whyCommand,
    cancelCommand,
    loadsCommand,
    quarantineCommand,
    backfillCommand,
    sourceCommand,
    martsCommand,
    renderCommand,
    doctorCommand,
  ];
  for (const make of commands) program.addCommand(make(cli));
  inheritSettings(program);
  return program;
}

/** The command line; returns the exit code. */
export async function main(argv: readonly string[], cli = new Cli(process.env)): Promise<number> {
  try {
    await createProgram(cli).parseAsync([...argv]);
    return cli.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    if (argv.includes('--json')) cli.out.json({ ok: false, error: { type: typeOf(error), message: messageOf(error) } });
    if (error instanceof CommanderError) {
      const instead = unsupportedOption(error.message);
      if (instead !== undefined) cli.out.note(instead);
      return 2;
    }
    cli.out.status('');
    cli.out.note(`strata: ${messageOf(error)}`);
    if (showsStacks(cli)) cli.out.note(String(error instanceof Error ? error.stack : error));
    return error instanceof UsageError ? 2 : 1;
  }
}

/** Errors of commander come to us, from subcommands too. */
function inheritSettings(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    inheritSettings(child);
  }
}

/** For scripts: the type in the closed set of failures, or that the command was called wrongly. */
function typeOf(error: unknown): string {
  if (error instanceof UsageError || error instanceof CommanderError) return 'usage';
  if (error instanceof StrataError) return error.type;
  if (error instanceof StoreError) return error.kind === 'no-such-bucket' ? 'misconfigured' : error.kind;
  return 'unexpected';
}

function messageOf(error: unknown): string {
  if (error instanceof CommanderError)
    return [error.message.replace(/^error: /, '').split('\n')[0], unsupportedOption(error.message)].filter(Boolean).join('; ');
  if (error instanceof StrataError || error instanceof StoreError || error instanceof UsageError) return error.message;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `${text}\nThis was not foreseen; STRATA_LOG_LEVEL=debug shows where it came from.`;
}

function showsStacks(cli: Cli): boolean {
  try {
    return ['debug', 'trace'].includes(readSettings(cli.environment).log.level);
  } catch {
    return false;
  }
}
