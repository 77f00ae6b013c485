// By their fields, not by their class: errors of Node's own are of another realm where tests run.

/** The code of a system error, such as `ENOENT`; undefined for other errors. */
export function errorCode(error: unknown): string | undefined {
  return textOf(error, 'code');
}

export const hasCode = (error: unknown, ...codes: readonly string[]): boolean => codes.includes(errorCode(error) ?? '');

/** What an error says, whatever was thrown. */
export const messageOf = (error: unknown): string => textOf(error, 'message') ?? String(error);

/** The same with where it comes from, for failures that nobody expects. */
export const stackOf = (error: unknown): string => textOf(error, 'stack') ?? messageOf(error);

function textOf(error: unknown, field: 'code' | 'message' | 'stack'): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Reflect.get(error, field);
  return typeof value === 'string' ? value : undefined;
}
