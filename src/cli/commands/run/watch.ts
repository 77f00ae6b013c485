import { once } from 'node:events';
import type { Command } from 'commander';
import { ProgressWatch } from '../../../status/progress/progress-watch.js';
import type { WorkProgress } from '../../../status/progress/work-progress.js';
import { Absence } from '../../follow/absence.js';
import { pipelinesOf, type Cli } from '../../cli.js';
import { endWithNpm } from '../../end-with-npm.js';
import { withExamples } from '../../grammar.js';
import { cut } from '../../terminal/table.js';
import { workLine } from '../../terminal/work-line.js';

interface Options {
  readonly json?: boolean;
}

/** Minutes without an answer of Temporal after which nobody waits any longer: an upgrade takes less. */
const longestAbsence = 5;

/** `strata watch`: the progress of everything that runs, until SIGTERM or Ctrl-C, or until Temporal has been away for long. */
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
          const absence = new Absence(longestAbsence * 60_000);
          let gone: Error | undefined;
          const failed = (error: unknown) => {
            const { isNew, isTooLong } = absence.noAnswer();
            if (isNew) view.away();
            if (!isTooLong) return;
            gone = error instanceof Error ? error : new Error(String(error));
            end();
          };
          const watch = new ProgressWatch(client, pipelines, failed, () => absence.answer() && view.back());
          const stop = watch.listen((work) => view.show(work));
          cli.out.note(`watching ${pipelines.join(', ')}. To end, press Ctrl-C`);
          if (!ending.signal.aborted) await once(ending.signal, 'abort');
          stop();
          cli.out.status('');
          if (gone) throw gone;
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

  constructor(
    private readonly cli: Cli,
    private readonly json: boolean,
  ) {}

  show(work: WorkProgress): void {
    const { out } = this.cli;
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

  away(): void {
    const ends = `After ${longestAbsence} minutes without an answer this command ends`;
    this.tell('away', `Temporal does not answer. What runs goes on, and shows here when it does. ${ends}`);
  }

  back(): void {
    this.tell('back', 'Temporal answers again');
  }

  /** Scripts read one stream. */
  private tell(temporal: 'away' | 'back', message: string): void {
    const { out } = this.cli;
    if (this.json) return out.line(JSON.stringify({ temporal, message }));
    out.status('');
    out.note(message);
  }
}
