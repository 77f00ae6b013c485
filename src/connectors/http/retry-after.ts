/**
 * The seconds of a Retry-After header, at least one. It is a number of them or a date; that is compared with the answer's own Date, for clocks
 * differ. Undefined where there is none that can be read, or none of the future: then the caller's own times hold.
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
