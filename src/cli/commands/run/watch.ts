import { once } from 'node:events';
import type { Command } from 'commander';
import { ProgressWatch } from '../../../status/progress/progress-watch.js';
import type { WorkProgress } from '../../../status/progress/work-progress.js';
import { pipelinesOf, type Cli } from '../../cli.js';
import { endWithNpm } from '../../end-with-npm.js';
import { withExamples } from '../../grammar.js';
import { cut } from '../../terminal/table.js';
import { workLine } from '../../terminal/work-line.js';

interface Options {
  readonly json?: boolean;
}

/** `strata watch`: what runs and how far it is, as it changes, until SIGTERM or Ctrl-C. */
export function watchCommand(command: Command, cli: Cli): void {
  withExamples(command.option('--json', 'print a line of JSON for each change, for scripts'), [
    'strata watch',
    'strata watch trips',
    'strata watch trips --json',
  ])
    .argument('[pipeline]', 'the pipeline (default: all)')
    .action(async (name: string | undefined, { json = false }: Options) => {
      const project = await cli.project();
      const pipelines = pipelinesOf(project, name).map(({ definition }) => definition.name);
      const ending = new AbortController();
      const end = () => ending.abort();
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, end);
      await endWithNpm();
      try {
        await cli.withTemporal(project, async (client) => {
          const view = new WorkView(cli, json);
          const watch = new ProgressWatch(client, pipelines, () => view.away());
          const stop = watch.listen((work) => view.show(work));
          cli.out.note(`watching ${pipelines.join(', ')}. To end, press Ctrl-C`);
          if (!ending.signal.aborted) await once(ending.signal, 'abort');
          stop();
          cli.out.status('');
        });
      } finally {
        for (const signal of ['SIGTERM', 'SIGINT'] as const) process.removeListener(signal, end);
      }
    });
}

/** On a terminal one moving line of what runs, else a line for each change; ends and troubles always have a line of their own. */
class WorkView {
  private readonly running = new Map<string, WorkProgress>();
  private readonly problems = new Map<string, string | undefined>();
  private isAway = false;

  constructor(
    private readonly cli: Cli,
    private readonly json: boolean,
  ) {}

  show(work: WorkProgress): void {
    const { out } = this.cli;
    this.isAway = false;
    if (this.json) return out.line(JSON.stringify(work));
    const isOver = work.state !== 'running';
    const isNewProblem = work.problem !== this.problems.get(work.workflowId);
    this.problems.set(work.workflowId, work.problem);
    if (isOver) this.running.delete(work.workflowId);
    else this.running.set(work.workflowId, work);
    if (isOver || isNewProblem || !out.terminal) {
      out.status('');
      out.line(workLine(work));
    }
    const [first, ...others] = this.running.values();
    if (!out.terminal || !first) return;
    const line = `${workLine(first)}${others.length > 0 ? `  (and ${others.length} more)` : ''}`;
    out.status(cut(line, (out.width ?? 80) - 1));
  }

  /** Says once that Temporal gives no answer. */
  away(): void {
    if (!this.isAway) this.cli.out.note('Temporal does not answer. What runs goes on, and shows here when it does');
    this.isAway = true;
  }
}
