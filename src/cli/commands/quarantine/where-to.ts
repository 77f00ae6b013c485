import type { Project } from '../../../config/load-project.js';
import type { QuarantineEntry } from '../../../status/quarantine-entries.js';

/** What to do with corrected rows of the entry's load. */
export function whereTo({ pipelines }: Project, { pipeline, feed, loadId, folder }: QuarantineEntry): string {
  const { manifest } = pipelines.get(pipeline)?.definition.feeds.find(({ name }) => name === feed) ?? {};
  if (manifest === undefined) return `put corrected rows of load ${loadId} into ${folder} of the source`;
  return `corrected rows of load ${loadId} become a run of the lake: strata quarantine replay ${loadId} --file <file>`;
}
