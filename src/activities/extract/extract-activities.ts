import type { AnswersResult, ExtractActivities } from '../../contracts/activities/extract.js';
import type { Stores } from '../../engine/stores.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { pipelineOf, type KnownPipeline } from '../pipeline-set.js';
import { runActivity } from '../run-activity.js';
import { extractAnswers } from './answers/extract-answers.js';
import { runExtract } from './extract-run.js';

export interface ExtractDeps {
  readonly warehouse: Warehouse;
  readonly pipelines: ReadonlyMap<string, KnownPipeline>;
  readonly stores: Pick<Stores, 'open'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Bytes of rows in one object, before compression: landing reads an object as a whole, and several side by side. */
const partBytes = 256 * 1024 * 1024;

/** From databases and servers to lakes. */
export function createExtractActivities({ warehouse, pipelines, stores, environment }: ExtractDeps): ExtractActivities {
  return {
    extractSource: ({ progress, ...input }) =>
      runActivity({ progress }, async (scope) => {
        const { definition } = await pipelineOf(pipelines, input.pipeline, warehouse);
        const extract = definition.extracts?.find(({ name }) => name === input.extract);
        if (!extract) throw new StrataError('definition', `the pipeline ${input.pipeline} has no extract ${input.extract}`);
        const setting = (name: string) => {
          const value = environment[name];
          if (value !== undefined && value !== '') return value;
          throw new StrataError('misconfigured', `${name} is not set. Set it for every worker, and restart them`);
        };
        const lake = () => stores.open(setting(extract.into));
        if (extract.kind === 'http') {
          const { optional, setting: name, tokenSetting } = extract;
          if (optional && !environment[name]) return notAsked(name);
          const source = { url: setting(name), ...(tokenSetting !== undefined && { token: setting(tokenSetting) }) };
          return extractAnswers({ warehouse, lake: lake(), definition: extract, source }, input, scope);
        }
        // Few workers read a PostgreSQL, and each would wait for its client at its start.
        const { openSnapshot } = await import('../../connectors/postgres/snapshot.js');
        const result = await runExtract(
          {
            ...{ warehouse, openSnapshot, definition: extract, partBytes, lake: lake() },
            source: {
              url: setting(extract.setting),
              setting: extract.setting,
              schema: (extract.schemaSetting && environment[extract.schemaSetting]) || 'public',
            },
          },
          input,
          scope,
        );
        for (const { name, rows } of result.tables)
          if (rows > 0) scope.count('rowsExtracted', rows, { pipeline: input.pipeline, table: name });
        return result;
      }),
  };
}

function notAsked(notSet: string): AnswersResult {
  return { kind: 'answers', wanted: 0, kept: 0, same: 0, none: 0, otherDate: 0, unanswered: [], notSet };
}
