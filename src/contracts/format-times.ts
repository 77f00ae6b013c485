const units = [
  { name: 'd', seconds: 86_400 },
  { name: 'h', seconds: 3_600 },
  { name: 'min', seconds: 60 },
  { name: 's', seconds: 1 },
] as const;

/** A duration in its two largest units: 3725 -> 1 h 2 min. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const first = units.findIndex((unit) => whole >= unit.seconds);
  const large = units[first];
  if (!large) return '0 s';
  const small = units[first + 1];
  const rest = small ? Math.floor((whole % large.seconds) / small.seconds) : 0;
  return `${Math.floor(whole / large.seconds)} ${large.name}${small && rest > 0 ? ` ${rest} ${small.name}` : ''}`;
}

/** How long ago, e.g. `2 min ago`; `never` for none. */
export function ago(time: Date | undefined, now = new Date()): string {
  return time ? `${distance(now.getTime() - time.getTime())} ago` : 'never';
}

/** How long from now, e.g. `in 40 s`. */
export function until(time: Date | undefined, now = new Date()): string {
  return time ? `in ${distance(time.getTime() - now.getTime())}` : '';
}

/** Of milliseconds: seconds say nothing once there are minutes, and keep tables from fitting. */
function distance(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000);
  return duration(seconds < 60 ? seconds : seconds - (seconds % 60));
}

/** A datetime(6) of the warehouse, which is UTC without saying so. */
export function utc(text: string | number | Buffer | null | undefined): Date | undefined {
  return typeof text === 'string' ? new Date(`${text.slice(0, 23).replace(' ', 'T')}Z`) : undefined;
}
