import type { Command } from 'commander';
import type { Cli } from '../../cli.js';
import { closeCommand } from './close.js';
import { listCommand } from './list.js';
import { testCommand } from './test.js';

/** `strata alerts ...`: what is wrong now, and who is notified of it. */
export function alertsCommand(alerts: Command, cli: Cli): void {
  listCommand(alerts.command('list'), cli);
  closeCommand(alerts.command('close'), cli);
  testCommand(alerts.command('test'), cli);
}
