import type { areaSchema } from './schema/area.js';
import type { deliverySchema } from './schema/delivery.js';
import type { entitySchema } from './schema/entity.js';
import type { columnSchema, feedSchema, partitionSchema, rowRuleSchema } from './schema/feed.js';
import type { Definition } from './schema/parts.js';
import type { pipelineSchema, surrogateSchema } from './schema/pipeline.js';
import type { hubSchema, linkSchema, satelliteSchema, vaultSchema } from './schema/vault.js';

export type { ColumnType } from '../types/column-type.js';

/** Why a row was put into quarantine; the scanner reports them in the order of the feed's `reasons`. */
export type Reason = string;

/*
 * Pipelines are data. A definition says which objects are a feed's deliveries, what a good row is, how rows become current tables
 * (entities), what the Data Vault keeps of them and which marts are computed from them. The schemas describe each property.
 */
export type ColumnDefinition = Definition<typeof columnSchema>;
export type EntityDefinition = Definition<typeof entitySchema>;
export type PartitionDefinition = Definition<typeof partitionSchema>;
export type DeliveryDefinition = Definition<typeof deliverySchema>;
export type RowRuleDefinition = Definition<typeof rowRuleSchema>;
export type FeedDefinition = Definition<typeof feedSchema>;
export type AreaDefinition = Definition<typeof areaSchema>;
export type SurrogateDefinition = Definition<typeof surrogateSchema>;
export type HubDefinition = Definition<typeof hubSchema>;
export type LinkDefinition = Definition<typeof linkSchema>;
export type SatelliteDefinition = Definition<typeof satelliteSchema>;
export type VaultDefinition = Definition<typeof vaultSchema>;
/** What `validatePipelines` checks, all of it, before anything runs. */
export type PipelineDefinition = Definition<typeof pipelineSchema>;
