import type { Command } from 'commander';
import { createLogger } from '../../observability/logger.js';
import { runWorker } from '../../worker.js';
import type { Cli } from '../cli.js';
import { withExamples } from '../grammar.js';
import { endWithNpm } from '../end-with-npm.js';

/** `strata worker`: does the work that workflows ask for, until SIGTERM or Ctrl-C. */
export function workerCommand(command: Command, cli: Cli): void {
  withExamples(command, ['strata worker', 'STRATA_LOG_FORMAT=json STRATA_METRICS_ADDRESS=0.0.0.0:9464 strata worker']).action(async () => {
    const project = await cli.project({ warehouse: true, sources: true });
    await endWithNpm();
    await runWorker(project, createLogger(project.settings.log));
  });
}
