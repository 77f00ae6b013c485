import type { Command } from 'commander';
import type { ListedIncident } from '../../../connectors/temporal/incidents/incidents.js';
import { ago } from '../../../contracts/format-times.js';
import { alertState, notLookedAt, undelivered } from '../../../status/alert-state.js';
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
      const states = await cli.withTemporal(project, (client) =>
        Promise.all(pipelinesOf(project, name).map(({ definition }) => alertState(client, definition, { ended: all }))),
      );
      const incidents = states.flatMap((state) => state.incidents);
      const unseen = states.flatMap((state) => notLookedAt(state) ?? []);
      if (json) return cli.out.json(incidents);
      if (incidents.length > 0) cli.out.table(['incident', 'state', 'since', 'notified', 'what'], incidents.map(rowOf));
      else if (all) cli.out.prose('there were no incidents');
      // Where nobody looks, nobody knows.
      else cli.out.prose(unseen.length === 0 ? 'nothing is wrong' : 'no incident is open');
      for (const line of [...undelivered({ incidents }), ...unseen]) cli.out.prose(line);
    });
}

function rowOf({ workflowId, state, since, deliveries, trouble }: ListedIncident): string[] {
  const told = deliveries.filter((delivery) => delivery.state === 'begun' || delivery.state === 'ended').length;
  return [workflowId, state, ago(new Date(since)), `${told} of ${deliveries.length}`, trouble.summary];
}
