import { isIP } from 'node:net';
import { RecentResults } from '../../enrich/recent-results.js';

/** A request that a web server logged; NULL where the log has `-`. */
export interface Visit {
  /** UTC, `yyyy-mm-dd hh:mm:ss`. */
  readonly visitTime: string;
  /** An address, or the name of a host. */
  readonly ip: string;
  readonly userName: string | null;
  /** NULL, as path and protocol, where the request is not of the form `METHOD path HTTP/x`. */
  readonly method: string | null;
  readonly path: string | null;
  readonly protocol: string | null;
  /** The whole text between the quotes, whatever it is. */
  readonly request: string;
  readonly status: string;
  readonly bytes: string;
  readonly referer: string | null;
  readonly userAgent: string | null;
}

export type LogProblem = 'bad_line' | 'bad_number' | 'bad_date';
const badLine: readonly LogProblem[] = ['bad_line'];

const quoted = '"((?:[^"\\\\]|\\\\.)*)"';
/** Address, ident, user, time, request, status, size, referer, agent; one space between any two. */
const linePattern = new RegExp(
  `^([^ ]+) [^ ]+ ([^ ]+) \\[(\\d{2}/[A-Za-z]{3}/\\d{4}[: ]?\\d{2}:\\d{2}:\\d{2} [+-]\\d{4})\\] ${quoted} (\\d+) (\\d+|-) ${quoted} ${quoted}$`,
  's',
);
const dayPattern = /^(\d{2})\/([A-Za-z]{3})\/(\d{4})([+-])(\d{2})(\d{2})$/;
const requestPattern = /^([A-Z][A-Z_-]*) (\S+) (HTTP\/\d+(?:\.\d+)?)$/;
const hostName = /^(?=.*[^0-9.])[A-Za-z0-9._-]+$/;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const largest = 9223372036854775807n;

/**
 * Reads a line of the combined log format (https://httpd.apache.org/docs/2.4/logs.html#combined), without its line end. Between date and
 * time may stand a colon, a space or nothing. Escaped quotes and backslashes are unescaped; other sequences stay as they are. Returns all
 * problems of a line that is no visit.
 */
export function parseCombinedLog(line: string): Visit | readonly LogProblem[] {
  const found = linePattern.exec(line);
  if (!found) return badLine;
  const [, ip = '', user = '', time = '', request = '', status = '', size = '', referer = '', agent = ''] = found;
  if (isIP(ip) === 0 && !hostName.test(ip)) return badLine;
  const visitTime = utcTime(time);
  const code = Number(status);
  const isNumber = code >= 100 && code <= 599 && (size.length <= 18 || BigInt(size) <= largest);
  if (visitTime === undefined) return isNumber ? ['bad_date'] : ['bad_number', 'bad_date'];
  if (!isNumber) return ['bad_number'];
  const text = unescaped(request);
  const [, method = null, path = null, protocol = null] = requestPattern.exec(text) ?? [];
  return {
    visitTime,
    ip,
    userName: user === '-' || user === '""' ? null : user,
    method,
    path,
    protocol,
    request: text,
    status,
    bytes: size === '-' ? '0' : size,
    referer: referer === '-' ? null : unescaped(referer),
    userAgent: agent === '-' ? null : unescaped(agent),
  };
}

/** A date with its zone, as a log has few of. */
interface LogDay {
  /** yyyy-mm-dd */
  readonly date: string;
  /** Milliseconds of UTC when it began there. */
  readonly began: number;
  readonly isUtc: boolean;
}

const days = new RecentResults(1_000, logDay);

/** In UTC; undefined where there is no such time. A leap second counts as the one before it. */
function utcTime(text: string): string | undefined {
  const zone = text.length - 5;
  const clock = text.slice(zone - 9, zone - 1);
  if (clock >= '24' || clock.charAt(3) > '5' || clock.slice(6) > '60') return undefined;
  const day = days.of(text.slice(0, 11) + text.slice(zone));
  if (day === undefined) return undefined;
  const time = clock.endsWith('60') ? `${clock.slice(0, 6)}59` : clock;
  if (day.isUtc) return `${day.date} ${time}`;
  const seconds = (Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))) * 60 + Number(time.slice(6));
  const utc = new Date(day.began + seconds * 1_000).toISOString();
  return utc.length === 24 ? `${utc.slice(0, 10)} ${utc.slice(11, 19)}` : undefined;
}

function logDay(text: string): LogDay | undefined {
  const [, day = '', month = '', year = '', sign = '', zoneHours = '', zoneMinutes = ''] = dayPattern.exec(text) ?? [];
  const offset = (sign === '-' ? -1 : 1) * (Number(zoneHours) * 60 + Number(zoneMinutes));
  const monthIndex = months.indexOf(month);
  if (monthIndex < 0 || Number(year) < 1000 || Number(zoneMinutes) > 59 || Math.abs(offset) > 14 * 60) return undefined;
  const began = new Date(Date.UTC(Number(year), monthIndex, Number(day)));
  if (began.getUTCDate() !== Number(day) || began.getUTCMonth() !== monthIndex) return undefined;
  return { date: began.toISOString().slice(0, 10), began: began.getTime() - offset * 60_000, isUtc: offset === 0 };
}

function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\(["\\])/g, '$1') : text;
}

/** Control bytes that MySQL takes but no tool shows, and what is not UTF-8, as `\xhh`: no visit is lost for them. */
export function logText(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (!text.includes('\ufffd') && !text.includes('\0')) return text;
  return escapeInvalid(bytes);
}

function escapeInvalid(bytes: Buffer): string {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text = '';
  let from = 0;
  while (from < bytes.length) {
    const length = sequenceLength(bytes, from);
    const part = bytes.subarray(from, from + length);
    text +=
      length === 1 && (part[0] === 0 || (part[0] ?? 0) >= 0x80)
        ? `\\x${(part[0] ?? 0).toString(16).padStart(2, '0')}`
        : decoder.decode(part);
    from += length;
  }
  return text;
}

/** Of the character that begins there; 1 where it is not valid. */
function sequenceLength(bytes: Buffer, from: number): number {
  const first = bytes[from] ?? 0;
  const wanted = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (wanted === 1 || from + wanted > bytes.length) return 1;
  const part = bytes.subarray(from, from + wanted);
  return part.toString('utf8').includes('\ufffd') && !part.equals(replacement) ? 1 : wanted;
}

/** U+FFFD itself, which a file may hold. */
const replacement = Buffer.from('\ufffd');
