import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure, isCancellation } from '@temporalio/workflow';
import { byCause } from '../../contracts/failures.js';

/** Failures that are listed one by one. */
const listed = 20;

/** The innermost message, which is the message of the activity that failed. */
export function failureMessage(error: unknown): string {
  if ((error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) && error.cause) return failureMessage(error.cause);
  return error instanceof Error ? error.message : String(error);
}

/** The report that an incomplete workflow left in its failure's details. */
export function reportOf<Report>(error: unknown): Report | undefined {
  const cause = error instanceof ChildWorkflowFailure ? error.cause : error;
  return cause instanceof ApplicationFailure && cause.type === 'incomplete' ? (cause.details?.[0] as Report | undefined) : undefined;
}

/**
 * Runs one part of a workflow. A failure is added to `failures` with the part's name, and stops no other part. Throws only cancellation.
 */
export async function noteFailure<Result>(failures: string[], part: string, work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isCancellation(error)) throw error;
    failures.push(`${part}: ${failureMessage(error)}`);
    return undefined;
  }
}

/** Ends a workflow of many parts: returns its report, or throws one `incomplete` failure that lists what failed and holds the report. */
export function finish<Report extends { readonly failures: readonly string[] }>(report: Report): Report {
  const { failures } = report;
  if (failures.length === 0) return report;
  const lines = byCause(failures);
  const more = lines.length > listed ? `\n- and ${lines.length - listed} more` : '';
  throw ApplicationFailure.create({
    type: 'incomplete',
    nonRetryable: true,
    message: `${failures.length} failed:\n${lines
      .slice(0, listed)
      .map((line) => `- ${line}`)
      .join('\n')}${more}`,
    details: [{ ...report, failures: failures.slice(0, listed) }],
  });
}
