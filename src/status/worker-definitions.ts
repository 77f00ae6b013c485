import type { Project } from '../config/load-project.js';
import type { KnownWorker } from '../gear/worker-rows.js';
import { duration } from '../contracts/format-times.js';

/**
 * What is wrong when workers of one task queue have other definitions than those that are here, a line each: then results depend on
 * which of them takes a task. Empty when all is well.
 */
export function differingDefinitions({ pipelines }: Project, workers: readonly KnownWorker[]): string[] {
  const lines = [...pipelines].flatMap(([pipeline, { fingerprint: here }]) => {
    const others = workers.filter((worker) => worker.pipelines[pipeline] !== here);
    if (others.length === 0) return [];
    const same = workers.filter((worker) => worker.pipelines[pipeline] === here);
    return [
      `definitions of ${pipeline} here: ${here}${same.length > 0 ? `, the same: ${same.map(workerName).join(', ')}` : ''}`,
      ...others.map((worker) => `definitions of ${pipeline} in ${workerName(worker)}: ${worker.pipelines[pipeline] ?? 'none'}`),
    ];
  });
  if (lines.length === 0) return [];
  const remedy =
    'Restart those workers with the definitions that are here, or use their definitions here. Workers of other pipelines need a STRATA_TASK_QUEUE of their own';
  return [`workers of this task queue have other definitions than the ones that are here. ${remedy}`, ...lines];
}

export function workerName({ processId, host, secondsSinceSeen }: KnownWorker): string {
  return `process ${processId} on ${host} (seen ${duration(secondsSinceSeen)} ago)`;
}
