/** The package's public face: what a definition in TypeScript needs. The JSON schema of definitions is pipeline.schema.json. */
export { definePipeline } from './engine/definition/define-pipeline.js';
export type {
  ColumnDefinition,
  ColumnType,
  DeliveryDefinition,
  EntityDefinition,
  FeedDefinition,
  HubDefinition,
  LinkDefinition,
  PipelineDefinition,
  Reason,
  SatelliteDefinition,
  SurrogateDefinition,
  VaultDefinition,
} from './engine/definition/types.js';
