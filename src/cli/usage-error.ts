/** The command was called in a way that can't be meant; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
