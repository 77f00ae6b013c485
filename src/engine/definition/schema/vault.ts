import { z } from 'zod';
import { columnName, entityColumn, list, name } from './parts.js';

const hubReference = z.strictObject({
  hub: columnName.describe('The name of a hub.'),
  column: columnName.describe("The entity's column that holds the hub's key."),
});
const linkReference = z.strictObject({ link: columnName.describe('The name of a link.') });

export const hubSchema = z
  .strictObject({
    name: name(48).describe('The table is hub_<name>.'),
    key: columnName.describe("The column of the business key in the hub; its type is that of the entities' column."),
    from: list(entityColumn, 'entity column').describe('The entity columns that hold this business key.'),
  })
  .describe('A business key.');

export const linkSchema = z
  .strictObject({
    name: name(48).describe('The table is link_<name>.'),
    entity: columnName.describe('The entity whose rows say which keys belong together.'),
    hubs: z.array(hubReference).min(2, 'must join at least two hubs').describe('The hubs that the link joins.'),
    dependent: z.array(columnName).optional().describe("Further columns of the link's key (dependent child keys)."),
    driving: list(columnName, 'hub, or be left out')
      .optional()
      .describe(
        'The hubs that drive the relation. Each driving key has one current link at a time, and the effectivity satellite eff_sat_<name> records when each link began and ended.',
      ),
  })
  .describe('A relation between hubs.');

export const satelliteSchema = z
  .strictObject({
    name: name(48).describe('The table is sat_<name>.'),
    entity: columnName.describe('The entity whose rows hold the columns.'),
    parent: z
      .union([hubReference, linkReference], {
        error: 'must be { hub, column } or { link }',
      })
      .describe('The hub or link whose hash key the satellite describes.'),
    columns: list(columnName, 'column').describe('Columns of the entity, whose history is kept.'),
  })
  .describe('The history of what is known about a hub or a link.');

export const vaultSchema = z
  .strictObject({ hubs: z.array(hubSchema), links: z.array(linkSchema), satellites: z.array(satelliteSchema) })
  .describe('The Data Vault: all history, insert-only. Each list may be empty.');
