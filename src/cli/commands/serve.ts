import type { Command } from 'commander';
import { createLogger } from '../../observability/logger.js';
import { serve } from '../../serve/serve.js';
import type { Cli } from '../cli.js';
import { withExamples } from '../grammar.js';
import { endWithNpm } from '../end-with-npm.js';
import { UsageError } from '../usage-error.js';

interface Options {
  readonly address?: string;
  readonly queue?: string;
}

/** `strata serve`: takes events of object stores, until SIGTERM or Ctrl-C. */
export function serveCommand(command: Command, cli: Cli): void {
  withExamples(command, [
    'strata serve',
    'STRATA_EVENTS_TOKEN_FILE=/run/secrets/events-token strata serve --address 0.0.0.0:8090',
    'strata serve --queue https://sqs.eu-central-1.amazonaws.com/123456789012/new-files',
  ])
    .option('--address <host:port>', 'the address to listen on (default: STRATA_SERVE_ADDRESS)')
    .option('--queue <url>', 'an SQS queue to receive events from (default: STRATA_EVENTS_QUEUE_URL)')
    .action(async (options: Options) => {
      const project = await cli.project({ sources: true });
      const { settings } = project;
      const { host, port } = parseAddress(options.address ?? settings.serveAddress);
      const ending = new AbortController();
      const end = () => ending.abort();
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, end);
      await endWithNpm();
      try {
        await serve(project, { host, port, queueUrl: options.queue ?? settings.eventsQueueUrl }, createLogger(settings.log), ending.signal);
      } finally {
        for (const signal of ['SIGTERM', 'SIGINT'] as const) process.removeListener(signal, end);
      }
    });
}

function parseAddress(address: string): { host: string; port: number } {
  const [, host = '', port = ''] = /^(\[[0-9a-fA-F:]+\]|[^:\s]+):(\d{1,5})$/.exec(address) ?? [];
  if (host === '') throw new UsageError(`${JSON.stringify(address)} is not an address. Write it as 127.0.0.1:8090`);
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}
