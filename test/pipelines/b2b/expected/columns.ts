/** What a value of a file is by the specification: as it is stored, or the reason for which its row is refused. Nothing of src is used. */
export type Read = (text: string) => { readonly value: string | null } | { readonly reason: string };

const good = (value: string | null) => ({ value });
const bad = (reason: string) => ({ reason });

const greatest = 2n ** 63n - 1n;

/** 1 to 2^63-1, leading zeros allowed. */
function wholeNumber(text: string): string | undefined {
  if (!/^\d+$/.test(text)) return undefined;
  const number = BigInt(text);
  return number >= 1n && number <= greatest ? String(number) : undefined;
}

export const key: Read = (text) => {
  if (text === '') return bad('missing_key');
  const number = wholeNumber(text);
  return number === undefined ? bad('bad_key') : good(number);
};

export const id: Read = (text) => {
  const number = wholeNumber(text);
  return number === undefined ? bad('bad_number') : good(number);
};

export const idOrNull: Read = (text) => (text === '' ? good(null) : id(text));

export const idOrNone: Read = (text) => (/^-0*1$/.test(text) ? good('-1') : id(text));

/** decimal(15,4), with all four decimals. */
export const price: Read = (text) => {
  const [, sign, whole = '', fraction = ''] = /^(-?)0*(\d+?)(?:\.(\d{1,4}))?$/.exec(text) ?? [];
  if (sign === undefined || whole.length > 11) return bad('bad_number');
  const value = `${whole}.${fraction.padEnd(4, '0')}`;
  return good(sign === '-' && /[1-9]/.test(value) ? `-${value}` : value);
};

export const flag: Read = (text) => {
  const word = text.toLowerCase();
  if (['true', 't', '1'].includes(word)) return good('true');
  return ['false', 'f', '0'].includes(word) ? good('false') : bad('bad_flag');
};

export const date: Read = (text) => (/^[1-9]\d{3}-\d\d-\d\d$/.test(text) && isDay(text) ? good(text) : bad('bad_date'));

export function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === text;
}

/** In UTC, with six digits of a fraction. */
export const createdDate: Read = (text) => {
  const found = /^([1-9]\d{3}-\d\d-\d\d)[T ]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):([0-5]\d))?$/.exec(text);
  if (!found) return bad('bad_date');
  const [, day = '', hour, minute, second, fraction = '', sign, hours = '0', minutes = '0'] = found;
  const offset = Number(hours) * 60 + Number(minutes);
  if (!isDay(day) || offset > 14 * 60) return bad('bad_date');
  const local = Date.parse(`${day}T${hour}:${minute}:${second}Z`);
  const utc = new Date(local - (sign === '-' ? -offset : offset) * 60_000).toISOString();
  if (!/^[1-9]\d{3}-/.test(utc)) return bad('bad_date');
  return good(`${utc.slice(0, 10)} ${utc.slice(11, 19)}.${fraction.slice(0, 6).padEnd(6, '0')}`);
};

/** By the packages that the specification names. */
export const code =
  (codes: readonly string[]): Read =>
  (text) =>
    /^[A-Za-z]{3}$/.test(text) && codes.includes(text.toUpperCase()) ? good(text.toUpperCase()) : bad('bad_code');

export const text =
  (longest: number): Read =>
  (value) =>
    [...value].length > longest ? bad('too_long') : good(value);

export const nameOrNull: Read = (value) => (value === '' ? good(null) : text(4_096)(value));
