import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure } from '@temporalio/common';
import type { RunReport } from '../../contracts/workflows.js';

/** How a workflow of Strata ended. */
export interface Outcome {
  readonly ok: boolean;
  readonly report: Partial<RunReport>;
  readonly failures: readonly string[];
}

/** Waits for the end of the workflow. */
export async function settled(handle: WorkflowHandle): Promise<Outcome> {
  try {
    return { ok: true, report: (await handle.result()) as RunReport, failures: [] };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    if (cause instanceof ApplicationFailure && cause.type === 'incomplete') {
      const report = (cause.details?.[0] ?? {}) as Partial<RunReport>;
      return { ok: false, report, failures: report.failures ?? [cause.message] };
    }
    const ended =
      cause instanceof TerminatedFailure ? 'it was terminated' : cause instanceof CancelledFailure ? 'it was cancelled' : undefined;
    return { ok: false, report: {}, failures: [ended ?? innermost(cause ?? error)] };
  }
}

/** Whether all that failed are tables that an extract left out: everything else is done. */
export function onlyLeftOut({ report, failures }: Outcome): boolean {
  const { extract } = report;
  const leftOut = extract && 'tables' in extract ? extract.tables.filter((table) => table.leftOut !== undefined).length : 0;
  return leftOut > 0 && leftOut === failures.length;
}

function innermost(error: Error): string {
  return error.cause instanceof Error ? innermost(error.cause) : error.message;
}
