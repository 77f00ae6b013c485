import { CommanderError } from 'commander';
import { StoreError } from '../engine/object-store.js';
import { StrataError } from '../engine/strata-error.js';
import { addCalledArea } from './area-commands.js';
import { Cli } from './cli.js';
import { asCalled, createProgram } from './program.js';
import { unsupportedOption } from './unsupported-options.js';
import { UsageError } from './usage-error.js';

/** The command line; returns the exit code. */
export async function main(argv: readonly string[], cli = new Cli(process.env)): Promise<number> {
  try {
    const program = createProgram(cli);
    await addCalledArea(program, cli, asCalled(argv));
    await program.parseAsync(asCalled(argv));
    return cli.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    if (argv.includes('--json')) cli.out.json({ ok: false, error: { type: typeOf(error), message: messageOf(error, argv) } });
    if (error instanceof CommanderError) {
      const instead = unsupportedOption(error.message, argv);
      if (instead !== undefined) cli.out.note(instead);
      return 2;
    }
    cli.out.status('');
    cli.out.note(`strata: ${messageOf(error, argv)}`);
    if (await showsStacks(cli)) cli.out.note(String(error instanceof Error ? error.stack : error));
    return error instanceof UsageError ? 2 : 1;
  }
}

/** For scripts: the type in the closed set of failures, or that the command was called wrongly. */
function typeOf(error: unknown): string {
  if (error instanceof UsageError || error instanceof CommanderError) return 'usage';
  if (error instanceof StrataError) return error.type;
  if (error instanceof StoreError) return error.kind === 'no-such-bucket' ? 'misconfigured' : error.kind;
  return 'unexpected';
}

function messageOf(error: unknown, argv: readonly string[]): string {
  if (error instanceof CommanderError)
    return [error.message.replace(/^error: /, '').split('\n')[0], unsupportedOption(error.message, argv)].filter(Boolean).join('. ');
  if (error instanceof StrataError || error instanceof StoreError || error instanceof UsageError) return error.message;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `${text}\nThis is an unexpected error. To see where it came from, set STRATA_LOG_LEVEL=debug and run the command again.`;
}

async function showsStacks(cli: Cli): Promise<boolean> {
  try {
    const { readSettings } = await import('../config/settings.js');
    return ['debug', 'trace'].includes(readSettings(cli.environment).log.level);
  } catch {
    return false;
  }
}
