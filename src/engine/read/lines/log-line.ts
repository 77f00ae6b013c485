import type { ColumnContract } from '../contract.js';
import { logText, parseCombinedLog, type Visit } from './combined-log.js';
import type { LineParser } from './line-parser.js';

/** What a column's `header` may name, with where it stands in a visit. */
const visitFields = {
  visit_time: 'visitTime',
  ip: 'ip',
  user_name: 'userName',
  method: 'method',
  path: 'path',
  protocol: 'protocol',
  request: 'request',
  status: 'status',
  bytes: 'bytes',
  referer: 'referer',
  user_agent: 'userAgent',
} as const satisfies Readonly<Record<string, keyof Visit>>;

export type LogField = keyof typeof visitFields;
export const logFields = Object.keys(visitFields) as readonly LogField[];

/** Lines of the combined log format. What is not UTF-8 in them is kept as `\xhh`. */
export function combinedLogParser(columns: readonly Pick<ColumnContract, 'title'>[]): LineParser {
  const taken = columns.map(({ title }) => visitFields[title as LogField]);
  return (line, fields) => {
    const visit = parseCombinedLog(logText(line));
    if (!('visitTime' in visit)) return visit;
    for (const field of taken) fields.addText(visit[field]);
    return undefined;
  };
}

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * A line that gives these fields again. Fields that the feed does not take have values that it will not take either.
 */
export function combinedLogLine(fields: ReadonlyMap<string, string | null>): string {
  const [day = '', time = ''] = (fields.get('visit_time') ?? '1970-01-01 00:00:00').split(' ');
  const [year, month, date] = day.split('-');
  const parts = ['method', 'path', 'protocol'].map((name) => fields.get(name));
  const request =
    fields.get('request') ??
    (parts.some((part) => typeof part === 'string') ? parts.map((part, index) => part ?? ['GET', '/', 'HTTP/1.1'][index]).join(' ') : '-');
  const quoted = (text: string | null | undefined) => `"${(text ?? '-').replace(/["\\]/g, '\\$&')}"`;
  const stamp = `${date}/${monthNames[Number(month) - 1]}/${year}:${time} +0000`;
  return `${fields.get('ip') ?? '0.0.0.0'} - ${fields.get('user_name') ?? '-'} [${stamp}] ${quoted(request)} ${fields.get('status') ?? '200'} ${fields.get('bytes') ?? '-'} ${quoted(fields.get('referer'))} ${quoted(fields.get('user_agent'))}`;
}
