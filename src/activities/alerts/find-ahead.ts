import type { Client } from '@temporalio/client';
import { rowsAhead } from '../../connectors/temporal/incidents/rows-ahead.js';
import type { Trouble } from '../../contracts/alerts/incidents.js';
import { counted } from '../../contracts/format-numbers.js';
import { workflowIds } from '../../contracts/names.js';
import type { PipelineDefinition } from '../../engine/definition/types.js';

/** Tables of which the last runs of an extract found rows whose time of change is in the future, one trouble each. */
export async function findAhead(client: Client, { name: pipeline, extracts = [] }: PipelineDefinition): Promise<Trouble[]> {
  const names = new Map(extracts.map(({ name }) => [workflowIds.extract(pipeline, name), name]));
  return (await rowsAhead(client, pipeline)).flatMap(({ name, table, rows, run, ended }) => {
    const extract = names.get(`${pipeline}/${name}`);
    if (extract === undefined) return [];
    return {
      ...{ pipeline, kind: 'clock_ahead' as const, subject: `${extract}/${table}`, cause: String(run), count: rows },
      summary: `the table ${table} has ${counted(rows, 'row')} whose time of change is in the future`,
      details: [
        `run ${run}: it is more than 5 min after the clock of the database. The rows are loaded`,
        'Check the clock of what writes them',
      ],
      commands: [`strata lake runs ${pipeline}`, 'strata doctor'],
      at: ended.toISOString(),
    };
  });
}
