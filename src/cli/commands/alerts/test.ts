import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { deliverAlert } from '../../../connectors/deliver-alert.js';
import type { AlertMessage } from '../../../contracts/alerts/incidents.js';
import { receiverSettings, receiversOfSettings } from '../../../engine/alerts/receivers.js';
import { pipelinesOf, type Cli } from '../../cli.js';
import { withJson } from '../../grammar.js';

/** `strata alerts test`: a message to everybody, by the code that delivers the real ones. */
export function testCommand(command: Command, cli: Cli): void {
  withJson(command.description('send a test message to all receivers'), ['strata alerts test', 'strata alerts test eastrock'])
    .argument('[pipeline]', 'the pipeline (default: all)')
    .action(async (name: string | undefined, { json }: { json?: boolean }) => {
      const project = await cli.project();
      const { mail, webhookSecret, environment } = project.settings;
      const results: Result[] = [];
      for (const { definition } of pipelinesOf(project, name)) {
        const message = testMessage(definition.name);
        for (const receiver of receiversOfSettings(receiverSettings(definition), environment)) {
          const delivery = await deliverAlert({ mail, webhookSecret }, receiver, message);
          const problem = delivery.outcome === 'taken' ? undefined : delivery.why;
          results.push({ pipeline: definition.name, setting: receiver.setting, receiver: receiver.shown, problem: problem ?? null });
        }
      }
      cli.exitCode = results.some(({ problem }) => problem !== null) ? 1 : 0;
      if (json) return cli.out.json(results);
      if (results.length === 0) return cli.out.prose('no setting names a receiver. How to name one: docs/how-to/operate/alerts.md');
      cli.out.table(
        ['pipeline', 'setting', 'receiver', 'result'],
        results.map(({ pipeline, setting, receiver, problem }) => [pipeline, setting, receiver, problem ?? 'sent']),
      );
    });
}

interface Result {
  readonly pipeline: string;
  readonly setting: string;
  readonly receiver: string;
  readonly problem: string | null;
}

function testMessage(pipeline: string): AlertMessage {
  const at = new Date().toISOString();
  const trouble = { pipeline, kind: 'failed', subject: 'test', cause: 'test', details: [], commands: [], at } as const;
  return {
    incident: `test/${randomUUID()}`,
    event: 'test',
    since: at,
    trouble: { ...trouble, summary: 'alerts of this pipeline reach you' },
  };
}
