/**
 * The seconds of a Retry-After header, at least one. The header is a number of seconds or a date. A date is compared with the Date of the
 * answer, because clocks differ. Undefined if it can't be read or is not in the future. Then the caller uses its own times.
 */
export function retryAfterSeconds(headers: Headers, now = Date.now()): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) || undefined;
  const until = httpDate(text);
  if (until === undefined) return undefined;
  const answered = httpDate(headers.get('date')?.trim() ?? '') ?? now;
  return until > answered ? Math.ceil((until - answered) / 1_000) : undefined;
}

function httpDate(text: string): number | undefined {
  // Other texts, such as a negative number, are dates to some parsers.
  const time = /^[A-Z][a-z]+,? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
