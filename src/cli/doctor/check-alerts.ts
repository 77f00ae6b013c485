import type { Project } from '../../config/load-project.js';
import { checkReceivers } from '../../connectors/check-receivers.js';
import { receiverSettings, receiversOfSettings } from '../../engine/alerts/receivers.js';
import { alertState, undelivered, watchProblem } from '../../status/alert-state.js';
import type { Cli } from '../cli.js';
import { finding, type Finding } from './finding.js';

/** Whether those who are to be notified can be, by connections that send nothing, and whether somebody looks for trouble. */
export async function* checkAlerts(cli: Cli, project: Project): AsyncGenerator<Finding> {
  const definitions = [...project.pipelines.values()].map(({ definition }) => definition).filter(({ alerts }) => alerts?.length);
  if (definitions.length === 0) return;
  const { mail, webhookSecret, environment } = project.settings;
  for (const definition of definitions)
    yield await finding(`receivers of alerts of ${definition.name}`, async () => {
      const names = receiverSettings(definition);
      const receivers = receiversOfSettings(names, environment);
      const unset = names.filter((name) => environment[name] === undefined);
      const nobody = unset.length === 0 ? [] : [`${unset.join(', ')}: not set, so nobody of it is notified`];
      if (receivers.length === 0) return nobody.join('\n');
      const problems = await checkReceivers({ mail, webhookSecret }, receivers);
      if (problems.length > 0) return { state: 'wrong', message: [...problems, ...nobody].join('\n') };
      return [`${receivers.map(({ shown }) => shown).join(' and ')}. To send each a message, run: strata alerts test`, ...nobody].join(
        '\n',
      );
    });
  yield await finding('watch for trouble', () =>
    cli.withTemporal(project, async (client) => {
      const states = await Promise.all(definitions.map((definition) => alertState(client, definition)));
      const problems = states.flatMap((state) => [watchProblem(state) ?? [], undelivered(state)].flat());
      if (problems.length > 0) return { state: 'warning', message: problems.join('\n') };
      const open = states.flatMap(({ incidents }) => incidents).filter(({ state }) => state === 'open').length;
      return open === 0 ? 'nothing is wrong' : `${open} open. To see them, run: strata alerts list`;
    }),
  );
}
