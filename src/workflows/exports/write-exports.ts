import { workflowInfo } from '@temporalio/workflow';
import type { ProgressTarget } from '../../contracts/activities/refs.js';
import type { ExportResult } from '../../contracts/outputs.js';
import { sideBySide } from '../../contracts/side-by-side.js';
import type { ExportsInput, ExportsReport } from '../../contracts/workflows.js';
import { control, data, profiles } from '../activity-profiles.js';
import { showDetails, showRetries } from '../report/current-details.js';
import { finish, noteFailure } from '../report/failure-message.js';
import { inOrder } from '../report/in-order.js';
import { hostStream, publishEnd, type Publish } from '../report/progress.js';
import { reportMarkdown } from '../report/report-markdown.js';

/** Each export takes a connection, and a process with its memory. */
const exportsAtOnce = 2;

export interface WritingExports {
  readonly pipeline: string;
  readonly failures: string[];
  readonly force?: boolean;
  readonly progress?: ProgressTarget | undefined;
  readonly publish?: Publish | undefined;
}

/** Writes the named exports, or all, even if their marts have not changed. */
export async function writeExports({ pipeline, exports, force }: ExportsInput): Promise<ExportsReport> {
  showRetries();
  const { publish, close } = hostStream();
  const failures: string[] = [];
  const { workflowId } = workflowInfo();
  const written = await writeEach({ pipeline, failures, force: force ?? false, publish, progress: { workflowId } }, exports);
  showDetails(reportMarkdown({ failures, exports: written }));
  publishEnd(publish, failures);
  await close();
  return finish({ exports: written, failures });
}

/** Writes the exports whose marts have changed. */
export async function writeStaleExports(writing: WritingExports): Promise<Record<string, ExportResult>> {
  const { pipeline, failures } = writing;
  const stale = await noteFailure(failures, 'exports', () =>
    control.findStaleExports.executeWithOptions({ ...profiles.control, summary: 'exports that are out of date' }, [{ pipeline }]),
  );
  return writeEach(writing, stale ?? []);
}

async function writeEach(
  { pipeline, failures, force, progress, publish }: WritingExports,
  names: readonly string[],
): Promise<Record<string, ExportResult>> {
  const results = new Map<string, ExportResult>();
  await sideBySide(names, exportsAtOnce, async (name) => {
    const result = await noteFailure<ExportResult>(failures, `export ${name}`, () =>
      data.writeExport.executeWithOptions({ ...profiles.bounded, summary: `export ${name}` }, [
        { pipeline, export: name, force, progress },
      ]),
    );
    if (!result) return;
    results.set(name, result);
    const message = `${name}: ${result.changed ? 'written' : 'as it was'}`;
    publish?.({ phase: 'exports', subject: name, message, rows: result.rows, bytes: result.bytes, done: true });
  });
  return inOrder(names, Object.fromEntries(results));
}
