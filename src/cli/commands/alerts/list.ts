import type { Command } from 'commander';
import { listIncidents, type ListedIncident } from '../../../connectors/temporal/incidents/incidents.js';
import { ago } from '../../../contracts/format-times.js';
import { undelivered } from '../../../status/alert-state.js';
import { pipelinesOf, type Cli } from '../../cli.js';
import { withJson } from '../../grammar.js';

interface Options {
  readonly json?: boolean;
  readonly all?: boolean;
}

/** `strata alerts list`: incidents, those that go on first. */
export function listCommand(command: Command, cli: Cli): void {
  withJson(command.description('list what is wrong, newest first, and who was notified'), [
    'strata alerts list',
    'strata alerts list eastrock --all',
  ])
    .argument('[pipeline]', 'the pipeline (default: all)')
    .option('--all', 'also incidents that are over, as long as Temporal keeps them')
    .action(async (name: string | undefined, { json, all = false }: Options) => {
      const project = await cli.project();
      const incidents = await cli.withTemporal(project, async (client) => {
        const each = pipelinesOf(project, name).map(({ definition }) => listIncidents(client, definition.name, { ended: all }));
        return (await Promise.all(each)).flat();
      });
      if (json) return cli.out.json(incidents);
      if (incidents.length === 0) return cli.out.prose(all ? 'there were no incidents' : 'nothing is wrong');
      cli.out.table(['incident', 'state', 'since', 'notified', 'what'], incidents.map(rowOf));
      for (const line of undelivered({ incidents })) cli.out.prose(line);
    });
}

function rowOf({ workflowId, state, since, deliveries, trouble }: ListedIncident): string[] {
  const told = deliveries.filter((delivery) => delivery.state === 'begun' || delivery.state === 'ended').length;
  return [workflowId, state, ago(new Date(since)), `${told} of ${deliveries.length}`, trouble.summary];
}
