/** The middle value; of an even count the mean of the two in the middle. NaN of none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which the share `q` of the values lies, between two of them by their distance. NaN of none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)];
  const high = sorted[Math.ceil(at)];
  return low === undefined || high === undefined ? NaN : low + (high - low) * (at - Math.floor(at));
}

/** Digits that matter: 0.0123, 1.23, 12.3, 123, 12,345. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const size = Math.abs(value);
  const decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 || size === 0 ? 2 : 3;
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** `3.66 [2.70-4.10]`: the median and what lies around it; one value alone has nothing around it. */
export function spread(values: readonly number[]): string {
  const known = values.filter(Number.isFinite);
  if (known.length <= 1) return digits(known[0] ?? NaN);
  return `${digits(median(known))} [${digits(Math.min(...known))}-${digits(Math.max(...known))}]`;
}

/** 100k, 1M, 2.5M: counts of rows as options take them. */
export function count(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toFixed(2))}M`;
  return value >= 10_000 ? `${Number((value / 1e3).toFixed(1))}k` : value.toLocaleString('en-US');
}

/** Bytes in powers of 1,000. */
export function bytes(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const { size, unit } = value >= 1e9 ? { size: 1e9, unit: 'GB' } : value >= 1e6 ? { size: 1e6, unit: 'MB' } : { size: 1e3, unit: 'kB' };
  return `${Number((value / size).toFixed(value / size < 10 ? 1 : 0))} ${unit}`;
}

/** Ratios of two series round by round, for what disturbs the machine disturbs the neighbours of one round alike. */
export function ratios(over: readonly number[], under: readonly number[]): number[] {
  return over.map((value, round) => value / (under[round] ?? NaN));
}

/** What a value is to be. */
export type Goal = { readonly atLeast: number } | { readonly atMost: number };

/** A goal beside its value: `0.81 (goal: at least 0.75)`, with what is missed said. */
export function against(value: number, goal: Goal): string {
  if (!Number.isFinite(value)) return 'not measured';
  const meets = (number: number) => ('atLeast' in goal ? number >= goal.atLeast : number <= goal.atMost);
  const rounded = digits(value);
  // 0.748 of 0.75 is missed, which 0.75 would not show.
  const shown = meets(Number(rounded.replaceAll(',', ''))) === meets(value) ? rounded : String(Number(value.toPrecision(6)));
  const wanted = 'atLeast' in goal ? `at least ${goal.atLeast}` : `at most ${goal.atMost}`;
  return `${shown} (goal: ${wanted}${meets(value) ? '' : ', missed'})`;
}
