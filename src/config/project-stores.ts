import { openStore } from '../connectors/open-store.js';
import { createStores, type Stores } from '../engine/stores.js';
import type { Project } from './load-project.js';

/** The stores that the pipelines' source settings name, opened when first used. */
export function projectStores({ settings, pipelines }: Project): Stores {
  const { environment, folderTimes } = settings;
  const sources = [...pipelines].map(([name, { definition }]) => [name, () => environment[definition.sourceSetting] ?? ''] as const);
  const exportUrls = [...pipelines].map(
    ([name, { definition }]) => [name, () => environment[definition.exportSetting ?? ''] ?? ''] as const,
  );
  return createStores(new Map(sources), (url) => openStore(url, environment, folderTimes), {
    backfillSources: settings.backfillSources,
    exports: new Map(exportUrls),
  });
}
