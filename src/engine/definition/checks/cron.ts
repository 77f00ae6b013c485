interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly words?: readonly string[];
}

const fields: readonly Field[] = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, words: ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { name: 'day of week', min: 0, max: 7, words: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
];

/** What is wrong with a cron expression of five fields (minute hour day-of-month month day-of-week); undefined when nothing is. */
export function cronMistake(expression: string): string | undefined {
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== fields.length) {
    return `must be a cron expression of five fields (minute hour day-of-month month day-of-week), such as '*/10 * * * *'`;
  }
  const bad = fields.filter((field, index) => !(parts[index] ?? '').split(',').every((part) => isPlausible(part, field)));
  if (bad.length === 0) return undefined;
  return `is not a cron expression. Correct its ${bad.map((field) => `${field.name} (${field.min}-${field.max})`).join(' and ')}`;
}

function isPlausible(part: string, field: Field): boolean {
  const match = /^(?:\*|([^-/]+)(?:-([^-/]+))?)(?:\/(\d+))?$/.exec(part);
  if (!match) return false;
  const [, first, last, step] = match;
  if (step !== undefined && Number(step) < 1) return false;
  if (first === undefined) return true;
  const from = valueOf(first, field);
  const to = last === undefined ? from : valueOf(last, field);
  return from !== undefined && to !== undefined && from <= to;
}

function valueOf(text: string, field: Field): number | undefined {
  const word = field.words?.indexOf(text.toLowerCase()) ?? -1;
  if (word >= field.min) return word;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return value >= field.min && value <= field.max ? value : undefined;
}
