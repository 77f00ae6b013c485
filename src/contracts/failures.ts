/** The closed set of failure types; names are persisted in histories and never renamed. */
export const failureTypes = {
  /** A server or the network did not answer; retried for as long as it takes. */
  unavailable: { retryable: true },
  /** A lock or another worker was in the way; retried. */
  contention: { retryable: true },
  /** Wrong password or missing permission; needs a person. */
  denied: { retryable: false },
  /** A setting, a bucket, a database or a schema version is wrong; needs a person. */
  misconfigured: { retryable: false },
  /** The definition names something that is not there, or can't be run. */
  definition: { retryable: false },
  /** A rule that must always hold does not; nothing was committed. */
  invariant: { retryable: false },
  /** The warehouse refused a statement for a reason that a retry can't fix. */
  statement: { retryable: false },
  /** Nothing of the above: most likely a mistake in Strata; retried a few times. */
  unexpected: { retryable: true },
  /** Parts of a workflow failed and the others are done; its details hold the report of what was done and what failed. */
  incomplete: { retryable: false },
} as const;
export type FailureType = keyof typeof failureTypes;

/**
 * For people: where one cause stops several parts, one line names them all, in the order of the first. A failure is a part and its cause,
 * with a colon between them.
 */
export function byCause(failures: readonly string[]): string[] {
  const parts = new Map<string, string[]>();
  for (const failure of failures) {
    const end = failure.indexOf(': ');
    const [part, cause] = end < 0 ? [[], failure] : [[failure.slice(0, end)], failure.slice(end + 2)];
    parts.set(cause, [...(parts.get(cause) ?? []), ...part]);
  }
  return [...parts].map(([cause, named]) => (named.length === 0 ? cause : `${[...new Set(named)].join(', ')}: ${cause}`));
}
