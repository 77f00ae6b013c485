import { UsageError } from './usage-error.js';

/** The pipeline of a run's name: the names of all runs begin with it. */
export function pipelineOfRun(name: string): string {
  const [pipeline = ''] = name.split('/');
  if (!/^[a-z][a-z0-9_]*$/.test(pipeline))
    throw new UsageError(`${JSON.stringify(name)} is not the name of a run or a pipeline. Runs have names such as eastrock/run`);
  return pipeline;
}

/** Whether the name means the workflow: its id, what comes before a time or a number in it, or a pipeline. */
export function isOf(name: string, workflowId: string): boolean {
  return workflowId === name || workflowId.startsWith(`${name}/`) || workflowId.startsWith(`${name}-`);
}
