import { isUtf8 } from 'node:buffer';
import { isDate } from '../../contracts/dates/dates.js';
import type { HttpExtract } from './requests.js';

/** What an answer says of itself, or why it can't be kept. That reason begins a sentence and holds nothing of the answer. */
export function checkAnswer(bytes: Buffer, { entries, date }: HttpExtract['answer']): { readonly ownDate: string | null } | string {
  if (!isUtf8(bytes)) return 'the answer is not text in UTF-8';
  let document: unknown;
  try {
    document = JSON.parse(bytes.toString('utf8').replace('\ufeff', ''));
  } catch {
    return bytes.length === 0 ? 'the answer is empty' : 'the answer is no JSON, or its end is missing';
  }
  if (!isObject(document)) return 'the answer is not a JSON object: { ... }';
  if (entries !== undefined && !isObject(document[entries])) return `the answer has no object ${entries}`;
  if (date === undefined) return { ownDate: null };
  const own = document[date];
  return typeof own === 'string' && isDate(own) ? { ownDate: own } : `the answer has no day ${date}, as yyyy-mm-dd`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
