import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TextDecoder } from 'node:util';
import { parse } from 'csv-parse';
import { columnNames, type Guesses } from '../../../engine/guess/write-definition.js';
import { ColumnGuess, isNullToken } from '../../../engine/guess/column-guess.js';
import { guessCompression, guessDelimiter, guessEncoding, guessHeader } from '../../../engine/guess/guess-format.js';
import { foreignSample, otherForm } from '../../../engine/guess/other-form.js';
import { trimBlanks } from '../../../engine/read/fields/trim-signs.js';
import { decode, unpack, type Coding } from '../../../engine/read/decode/decode.js';
import { UsageError } from '../../usage-error.js';

/** Bytes that say how a file is written. */
const headBytes = 256 << 10;

/** What all rows of a CSV file have in common. */
export async function readSample(path: string): Promise<Pick<Guesses, 'rows' | 'oddRows' | 'format' | 'columns'>> {
  const { coding, head, foreign } = await lookAt(path);
  const other = foreign ?? otherForm(head);
  if (other !== undefined) throw new UsageError(other);
  const delimiter = guessDelimiter(head);
  const guesses: ColumnGuess[] = [];
  let first: readonly Field[] | undefined;
  let rows = 0;
  let oddRows = 0;
  const take = (row: readonly Field[]) => {
    rows += 1;
    if (row.length !== guesses.length) oddRows += 1;
    else guesses.forEach((guess, index) => guess.add(textOf(row[index]!), typeof row[index] !== 'string'));
  };
  const parser = parse({ delimiter, cast, bom: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true });
  await pipeline(Readable.from(decode(createReadStream(path), coding)), parser, async (records: AsyncIterable<readonly Field[]>) => {
    for await (const row of records) {
      if (first === undefined) {
        first = row;
        guesses.push(...row.map(() => new ColumnGuess()));
      } else take(row);
    }
  });
  if (first === undefined) throw new UsageError('the file is empty, so nothing can be guessed from it');
  const titles = first.map(textOf);
  const header = guessHeader(titles, guesses);
  if (header === 'none') take(first);
  const words = guesses.flatMap((guess) => guess.words);
  const nulls = [...new Set(guesses.flatMap(({ wantedNulls }) => wantedNulls))].filter((token) => !words.includes(token));
  for (const guess of guesses) guess.settle(nulls);
  const headers = header === 'none' ? titles.map(() => '') : titles;
  const names = columnNames(headers);
  return {
    rows,
    oddRows,
    format: {
      ...(delimiter !== ',' && { delimiter }),
      ...(header !== 'names' && { header }),
      ...(coding.encoding !== 'utf-8' && { encoding: coding.encoding }),
      ...(coding.compression !== 'none' && { compression: coding.compression }),
      ...(nulls.length > 0 && { nulls }),
    },
    columns: guesses.map((guess, index) => ({
      name: names[index]!,
      header: header === 'names' ? trimBlanks(headers[index]!) : undefined,
      guess,
    })),
  };
}

/** A field of a row. A text in quotes that would stand for NULL without them is apart. */
type Field = string | { readonly quoted: string };

function cast(value: string, { quoting }: { readonly quoting: boolean }): Field {
  return quoting && isNullToken(trimBlanks(value)) ? { quoted: value } : value;
}

function textOf(field: Field): string {
  return typeof field === 'string' ? field : field.quoted;
}

/** Reads all of it once: only the last byte says that a file is UTF-8. */
async function lookAt(path: string): Promise<{ readonly coding: Coding; readonly head: string; readonly foreign: string | undefined }> {
  const compression = guessCompression(await firstBytes(createReadStream(path, { end: 3 })));
  const check = new TextDecoder('utf-8', { fatal: true });
  const start: Buffer[] = [];
  let length = 0;
  let isUtf8 = true;
  for await (const bytes of unpack(createReadStream(path), compression)) {
    if (length < headBytes) start.push(Buffer.from(bytes));
    length += bytes.length;
    if (isUtf8) isUtf8 = isDecoded(check, bytes);
  }
  const first = Buffer.concat(start);
  const coding = { compression, encoding: guessEncoding(first, isUtf8) } as const;
  const foreign = coding.encoding === 'utf-16' ? undefined : foreignSample(first);
  if (foreign !== undefined) return { coding, head: '', foreign };
  const head: Buffer[] = [];
  for await (const bytes of decode(Readable.from([first]), { ...coding, compression: 'none' })) head.push(Buffer.from(bytes));
  return {
    coding,
    foreign,
    head: Buffer.concat(head)
      .toString('utf8')
      .replace(/^\ufeff/, ''),
  };
}

function isDecoded(decoder: TextDecoder, bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

async function firstBytes(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  for await (const bytes of stream) return bytes;
  return new Uint8Array();
}
