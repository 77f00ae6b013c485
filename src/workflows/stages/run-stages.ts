import { sideBySide } from '../../contracts/side-by-side.js';
import type { Stage, StageKind } from '../../contracts/stages.js';
import { writeDatedOutputs } from '../exports/outputs-in-child.js';
import { writeStaleExports } from '../exports/write-exports.js';
import { writeProcessed } from '../exports/write-processed.js';
import { pruneChanges } from '../marts/prune-changes.js';
import { refreshAllStale } from '../marts/refresh-marts.js';
import { pruneFeeds } from '../processing/process-feeds.js';
import { processInChild } from '../processing/process-in-child.js';
import { loadStaleVault } from '../vault/load-vault.js';
import { extractSource } from './extract-source.js';
import { pickUp } from './pick-up.js';
import type { StageRun } from './stage-run.js';

/** What each kind of stage does. A failure is added to the report, and stops no later stage. */
const work: Readonly<Record<StageKind, (run: StageRun, stage: Stage) => Promise<void>>> = {
  extract: extractSource,
  pickup: pickUp,

  async processing({ pipeline, lake, report, publish, progress }, { items }) {
    publish({ phase: 'processing', message: 'staging to bulk' });
    const feeds = lake ? undefined : items;
    const { failures, current } = report;
    report.update({ feeds: await processInChild({ pipeline, feeds, vault: false, progress, carried: current.feeds }, failures) });
  },

  async marts({ pipeline, report, publish, progress }) {
    publish({ phase: 'marts', message: 'bulk to bus' });
    const { failures, update } = report;
    await refreshAllStale({ pipeline, progress, publish, failures, changed: (marts) => update({ marts }) });
  },

  async processed({ pipeline, report: { failures, update }, publish, progress }) {
    publish({ phase: 'processed', message: 'bus to processed bucket' });
    update({ processed: await writeProcessed({ pipeline, failures, progress }) });
  },

  async exports({ pipeline, report: { failures, update }, publish, progress }) {
    publish({ phase: 'exports', message: 'bus to files' });
    update({ exports: await writeStaleExports({ pipeline, failures, progress, publish }) });
  },

  async outputs({ pipeline, outputs = { delivered: true }, report: { failures, update }, publish, progress }) {
    publish({ phase: 'outputs', message: 'outputs by date' });
    update({ outputs: await writeDatedOutputs({ pipeline, ...outputs, progress }, failures) });
  },

  async vault({ pipeline, report: { failures, update }, publish }) {
    publish({ phase: 'vault', message: 'bulk to vault' });
    update({ vault: await loadStaleVault(pipeline, failures, { publish }) });
  },

  async pruning({ pipeline, lake, report: { failures, current } }, { items }) {
    const feeds = lake ? Object.keys(current.feeds) : items;
    await Promise.all([pruneFeeds({ pipeline, failures }, feeds), pruneChanges(pipeline, failures)]);
  },
};

/**
 * Runs the stages, each when those of them that it comes after have ended. A failure in one feed, table or mart stops no other one, and is
 * in the report at the end.
 */
export async function runStages(run: StageRun, stages: readonly Stage[]): Promise<void> {
  await sideBySide(
    stages,
    stages.length,
    (stage) => work[stage.kind](run, stage),
    ({ after }) => stages.filter(({ kind }) => after.includes(kind)),
  );
}
