import type { Command } from 'commander';
import { signalClose } from '../../../connectors/temporal/incidents/incidents.js';
import { StrataError } from '../../../engine/strata-error.js';
import type { Cli } from '../../cli.js';
import { withJson } from '../../grammar.js';

interface Options {
  readonly json?: boolean;
  readonly note?: string;
}

/** `strata alerts close`: somebody deals with an incident. */
export function closeCommand(command: Command, cli: Cli): void {
  const what = 'close an incident by hand (receivers are notified that it is over, and again only when there is news)';
  withJson(command.description(what), ["strata alerts close eastrock/incident/quarantined/users --note 'the sender corrects them'"])
    .argument('<incident>', 'the incident as strata alerts list names it')
    .option('--note <text>', 'the reason, which is part of the message')
    .action(async (incident: string, { json, note }: Options) => {
      const project = await cli.project();
      const isOpen = await cli.withTemporal(project, (client) => signalClose(client, incident, { note }));
      if (!isOpen)
        throw new StrataError(
          'misconfigured',
          `there is no open incident ${incident}. To see those that there are, run: strata alerts list`,
        );
      if (json) return cli.out.json({ incident, closed: true });
      cli.out.line(`${incident} is closed`);
    });
}
