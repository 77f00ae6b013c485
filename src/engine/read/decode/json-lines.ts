import { entryLines, maxDocumentBytes } from './json-entries.js';
import { UnreadableFileError } from './unreadable-file-error.js';

/** How files of JSON are divided into rows. */
export interface JsonForm {
  /** The member of a file of one object whose own members are rows; undefined: a file is an array of objects, or lines of one each. */
  readonly entries?: string | undefined;
  /** With `entries`: the other members of the file that rows take. All of them when undefined. */
  readonly around?: readonly string[] | undefined;
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Text of one row a line, of a file of JSON. Line feeds inside of a row become carriage returns, and those between rows become blank lines
 * that end with one: so each carriage return, and nothing else, stands for a line of the file. A file that is no whole array, or no
 * document as its form says, throws UnreadableFileError; a row that is not right is a line that is not right.
 */
export async function* jsonLines(source: AsyncIterable<Uint8Array>, form: JsonForm): AsyncGenerator<Uint8Array, void, undefined> {
  if (form.entries !== undefined) return yield* documentLines(source, form.entries, form.around);
  const framing = new JsonFraming();
  for await (const bytes of source) {
    const text = framing.push(bytes);
    if (text.length > 0) yield text;
  }
  framing.end();
}

async function* documentLines(
  source: AsyncIterable<Uint8Array>,
  entries: string,
  around: readonly string[] | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const bytes of source) {
    parts.push(bytes);
    size += bytes.length;
    if (size > maxDocumentBytes)
      throw unreadable(`the file is larger than ${maxDocumentBytes >> 20} MiB, and is read as a whole for its ${entries}`);
  }
  yield* entryLines(Buffer.concat(parts), entries, around);
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const tab = 0x09;
const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openList = 0x5b;
const closeList = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;
/** No JSON has it anywhere: it stands for a carriage return in a text, which no JSON has there either. */
const never = 0x0b;

/** Where in a file a byte stands. */
type Place =
  | 'start'
  /** The file has a row a line. */
  | 'lines'
  /** In an array, before its first element. */
  | 'first'
  /** After a comma. */
  | 'next'
  | 'element'
  | 'after'
  | 'closed';

/** Takes a file's bytes in pieces that end anywhere. */
class JsonFraming {
  #place: Place = 'start';
  #line = 1;
  #depth = 0;
  #inText = false;
  #escaped = false;
  #bytes = 0;
  #out = Buffer.alloc(0);
  #end = 0;

  push(bytes: Uint8Array): Buffer {
    // A line feed between rows takes two bytes, and the end of the last row one.
    this.#out = Buffer.allocUnsafe(2 * bytes.length + 1);
    this.#end = 0;
    for (const byte of bytes) this.#take(byte);
    return this.#out.subarray(0, this.#end);
  }

  end(): void {
    if (this.#place === 'lines' || this.#place === 'closed') return;
    if (this.#place === 'start') throw unreadable('the file is empty. Deliver an array, which may have no elements: []');
    throw unreadable(`the file ends in line ${this.#line}, before its array does. Deliver the whole file`);
  }

  #take(byte: number): void {
    const position = this.#bytes++;
    if (byte === lineFeed) this.#line++;
    switch (this.#place) {
      case 'lines':
        return this.#inLine(byte);
      case 'element':
        return this.#inElement(byte);
      case 'start':
        if (position < byteOrderMark.length && byte === byteOrderMark[position]) return;
        if (byte === openObject) return this.#begin('lines', byte);
        if (byte === openList) this.#place = 'first';
        else if (!this.#isBlank(byte))
          throw unreadable(
            `line ${this.#line} begins neither an array of objects, [, nor an object, {. Deliver one array, or one object on each line`,
          );
        return;
      case 'first':
      case 'next':
        if (this.#isBlank(byte)) return;
        if (byte === closeList && this.#place === 'first') this.#place = 'closed';
        else if (byte === comma || byte === closeList) throw unreadable(`line ${this.#line}: an element is missing before ${sign(byte)}`);
        else this.#begin('element', byte);
        return;
      case 'after':
        if (this.#isBlank(byte)) return;
        if (byte === comma) this.#place = 'next';
        else if (byte === closeList) this.#place = 'closed';
        else throw unreadable(`line ${this.#line}: a comma is missing between two elements of the array`);
        return;
      case 'closed':
        if (!this.#isBlank(byte)) throw unreadable(`line ${this.#line}: something stands after the end of the array`);
    }
  }

  #begin(place: 'lines' | 'element', byte: number): void {
    this.#place = place;
    this.#depth = 0;
    this.#inText = false;
    this.#escaped = false;
    if (place === 'lines') this.#inLine(byte);
    else this.#inElement(byte);
  }

  /** White space between rows; its line feeds are lines of their own. */
  #isBlank(byte: number): boolean {
    if (byte === lineFeed) this.#putLine();
    return byte === lineFeed || byte === space || byte === tab || byte === carriageReturn;
  }

  #inLine(byte: number): void {
    if (byte !== lineFeed) return this.#inside(byte);
    this.#inText = this.#escaped = false;
    this.#putLine();
  }

  #inElement(byte: number): void {
    if (!this.#inText && this.#depth === 0) {
      if (byte === comma || byte === closeList) {
        this.#put(lineFeed);
        this.#place = byte === comma ? 'next' : 'closed';
        return;
      }
      if (byte === space || byte === tab || byte === carriageReturn || byte === lineFeed) {
        this.#put(lineFeed);
        this.#place = 'after';
        this.#isBlank(byte);
        return;
      }
    }
    this.#inside(byte);
    if (this.#inText) return;
    if (byte === openObject || byte === openList) this.#depth++;
    else if (byte === closeObject || byte === closeList) this.#depth--;
    // An element is an object or a list here; a bare value ends with what stands after it.
    else return;
    if (this.#depth > 0) return;
    this.#put(lineFeed);
    this.#place = 'after';
  }

  /** A byte of a row. */
  #inside(byte: number): void {
    if (this.#inText) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === backslash) this.#escaped = true;
      else if (byte === quote) this.#inText = false;
      this.#put(byte === lineFeed ? carriageReturn : byte === carriageReturn ? never : byte);
      return;
    }
    if (byte === quote) this.#inText = true;
    this.#put(byte === lineFeed ? carriageReturn : byte === carriageReturn ? space : byte);
  }

  #put(byte: number): void {
    this.#out[this.#end++] = byte;
  }

  /** A line of the file that ends outside of a row, or ends a row that is a line. */
  #putLine(): void {
    this.#put(carriageReturn);
    this.#put(lineFeed);
  }
}

function sign(byte: number): string {
  return byte === comma ? 'a comma' : 'the end of the array';
}

function unreadable(problem: string): UnreadableFileError {
  return new UnreadableFileError('bad_json', problem);
}
