import type { Client } from '@temporalio/client';
import { workflowTypes } from '../../../contracts/names.js';
import { settled } from '../outcome.js';
import { endedExecutions } from './executions.js';

/** Milliseconds: runs that ended this long before the last one count too, for several may end between two looks. */
const together = 10 * 60_000;
/** Runs listed, of all extracts of a pipeline. */
const lookedAt = 20;

/** Rows of a table whose time of change was more than five minutes after the snapshot of the run that found them. */
export interface RowsAhead {
  /** Of the run, without its pipeline. */
  readonly name: string;
  readonly table: string;
  readonly rows: number;
  /** The number of the run. */
  readonly run: number;
  readonly ended: Date;
}

/** What the last runs of each extract found, of each table the newest. */
export async function rowsAhead(client: Client, pipeline: string): Promise<RowsAhead[]> {
  const lastEnds = new Map<string, number>();
  const found = new Map<string, RowsAhead>();
  for await (const { name, workflowId, runId, ended } of endedExecutions(
    client,
    pipeline,
    `WorkflowType = '${workflowTypes.extract}'`,
    lookedAt,
  )) {
    const lastEnd = lastEnds.get(name) ?? ended.getTime();
    lastEnds.set(name, lastEnd);
    if (lastEnd - ended.getTime() > together) continue;
    const { extract } = (await settled(client.workflow.getHandle(workflowId, runId))).report;
    if (!extract || extract.kind === 'answers') continue;
    for (const { name: table, future: rows = 0 } of extract.tables)
      if (rows > 0 && !found.has(`${name}/${table}`)) found.set(`${name}/${table}`, { name, table, rows, run: extract.run, ended });
  }
  return [...found.values()];
}
