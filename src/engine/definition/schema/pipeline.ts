import { z } from 'zod';
import { durationRule, durationSeconds, releaseKinds } from '../release.js';
import { alertSchema } from './alerts.js';
import { areaSchema } from './area.js';
import { entitySchema } from './entity.js';
import { extractSchema } from './extract.js';
import { feedSchema } from './feed.js';
import { processedSchema } from './processed.js';
import { columnName, entityColumn, list, name, setting, trimmed } from './parts.js';
import { vaultSchema } from './vault.js';

export const surrogateSchema = z
  .strictObject({
    name: name(56).describe('The table is gear.<name>.'),
    id: columnName.describe("The id's column, int unsigned."),
    value: columnName.describe('The column of the name or the day.'),
    from: list(entityColumn, 'entity column').describe(
      'The entity columns whose values need an id: all of type text or choice, or all dates and timestamps (whose days get the ids).',
    ),
    initial: z.array(trimmed).optional().describe('Names that have an id before any delivery.'),
  })
  .describe('Small whole numbers as ids for names or days. A name or day gets its id when it is first delivered, and keeps it for ever.');

const cron = z.string();

/**
 * A pipeline's definition: the only source of its types, of pipeline.schema.json and of what editors show. Unknown properties are
 * refused, so that a misspelt one is not silently without effect.
 */
export const pipelineSchema = z
  .strictObject({
    $schema: z.string().optional().describe('The address of this schema, for editors of .json files.'),
    name: name(48).describe('The name of the pipeline in workflow ids and in `strata` commands.'),
    sourceSetting: setting('EASTROCK_SOURCE_URL').describe(
      "The environment variable that holds the source's address, s3://bucket/prefix or file:///folder.",
    ),
    exportSetting: setting('EASTROCK_EXPORT_URL')
      .optional()
      .describe(
        "The environment variable that holds the address below which exports are written; If it is not set and release is 'keep', exports go to the source. Required if there are exports.",
      ),
    tablePrefix: name(15)
      .optional()
      .describe(
        "The beginning of the names of the pipeline's tables in staging and bulk, such as totesys_, because all pipelines of a warehouse share its schemas. Empty when left out.",
      ),
    schedules: z
      .union(
        [
          z.strictObject({
            pickup: cron.describe('When pickups look for files. There is a schedule for each feed.'),
            process: cron.describe('When staged rows are processed into bulk.'),
            aggregate: cron.describe('When marts are refreshed.'),
          }),
          z.strictObject({
            daily: cron.describe('When the day before is run. For pipelines whose feeds have a partition with a group.'),
            feeds: z
              .record(z.string(), cron)
              .optional()
              .describe('Feeds for which another schedule runs the day before, each with its own time.'),
          }),
        ],
        { error: "must be { pickup, process, aggregate } or { daily }, with cron expressions such as '*/10 * * * *'" },
      )
      .describe('Cron expressions of five fields, in UTC.'),
    release: z
      .enum(releaseKinds, { error: "must be 'delete', 'archive' or 'keep'" })
      .optional()
      .describe("What happens to a file once its rows are in staging. 'delete' when left out."),
    releaseAfter: z
      .string()
      .refine((text) => durationSeconds(text) !== undefined, durationRule)
      .optional()
      .describe(
        "How long the file stays before that, such as '30 minutes', '12 hours' or '7 days'. When left out, it is released at once.",
      ),
    alerts: list(alertSchema, 'rule').optional().describe('Who is notified of what. Nobody when left out.'),
    lateAfter: z
      .string()
      .refine((text) => durationSeconds(text) !== undefined, durationRule)
      .optional()
      .describe("A scheduled run counts as late if it has not succeeded this long after its time. '30 minutes' when left out."),
    extracts: list(extractSchema, 'extract')
      .optional()
      .describe('Databases and servers whose data is written into a lake that feeds read.'),
    processed: processedSchema.optional(),
    feeds: list(feedSchema, 'feed'),
    entities: list(entitySchema, 'entity').describe(
      'The tables of bulk. If a feed fills several, commands show the counts of the first one.',
    ),
    areas: z.array(areaSchema).optional().describe('Questions about areas that can be asked of append entities.'),
    surrogates: z.array(surrogateSchema),
    vault: vaultSchema,
    sqlFolder: z
      .string()
      .min(1, 'must not be empty')
      .regex(/^(?![/\\])(?!.*(^|[/\\])\.\.([/\\]|$))/, 'must be a folder beside or below the definition: relative and without ..')
      .describe("The folder of the pipeline's SQL, relative to the definition's file; marts and views are its bus/*.sql."),
  })
  .describe('The definition of a Strata pipeline.');

/** The JSON schema of a definition, for editors and other programs. What goes beyond shapes only Strata itself checks. */
export function pipelineJsonSchema(): object {
  return z.toJSONSchema(pipelineSchema, { target: 'draft-7', io: 'input' });
}
