import { openStore } from '../connectors/open-store.js';
import { releaseKindOf } from '../engine/definition/release.js';
import type { PipelineDefinition } from '../engine/definition/types.js';
import { createStores, type Stores } from '../engine/stores.js';
import type { Project } from './load-project.js';
import type { Environment } from './settings.js';

/** The stores that the pipelines' source settings name, opened when first used. */
export function projectStores({ settings, pipelines }: Project): Stores {
  const { environment, folderTimes } = settings;
  const sources = [...pipelines].map(([name, { definition }]) => [name, () => environment[definition.sourceSetting] ?? ''] as const);
  const exportUrls = [...pipelines].map(([name, { definition }]) => [name, () => exportUrl(definition, environment)] as const);
  return createStores(new Map(sources), (url) => openStore(url, environment, folderTimes), {
    backfillSources: settings.backfillSources,
    exports: new Map(exportUrls),
    processed: new Map(
      [...pipelines].map(([name, { definition }]) => [name, () => environment[definition.processed?.into ?? ''] ?? ''] as const),
    ),
  });
}

/** Files may be written beside those of a source that keeps its own: none of them is taken for a delivery, or deleted. */
function exportUrl(definition: PipelineDefinition, environment: Environment): string {
  const { exportSetting = '', sourceSetting } = definition;
  return environment[exportSetting] ?? (releaseKindOf(definition) === 'keep' ? environment[sourceSetting] : undefined) ?? '';
}
