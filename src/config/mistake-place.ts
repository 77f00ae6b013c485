import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

/** What is wrong with a file that could not be loaded, with its line where the error names it. */
export async function placedMessage(error: unknown, file: string): Promise<string> {
  if (!(error instanceof Error)) return String(error);
  const line = file.endsWith('.json')
    ? lineInJson(error.message, await readFile(file, 'utf8').catch(() => ''))
    : lineInModule(error.name === 'SyntaxError' ? await checkedByNode(file) : (error.stack ?? ''), file);
  return line === undefined ? error.message : `line ${line}: ${error.message}`;
}

/** What Node prints of a file's syntax: an error has the place only where nobody catches it. */
function checkedByNode(file: string): Promise<string> {
  return new Promise((resolve) => execFile(process.execPath, ['--check', file], (_error, _stdout, stderr) => resolve(stderr)));
}

/** The first place in the file that the text names. */
function lineInModule(stack: string, file: string): number | undefined {
  for (const place of [pathToFileURL(file).href, file]) {
    const at = stack.indexOf(`${place}:`);
    const line = at === -1 ? undefined : /^\d+/.exec(stack.slice(at + place.length + 1))?.[0];
    if (line !== undefined) return Number(line);
  }
  return undefined;
}

/** From a position, or from the text around the mistake, which is all that some messages have. */
function lineInJson(message: string, text: string): number | undefined {
  const position = / at position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return lineOf(text, Math.min(Number(position), text.trimEnd().length));
  if (message.includes('Unexpected end')) return lineOf(text, text.trimEnd().length);
  const [, token = '', dots, around = ''] =
    /^Unexpected token (?:'(.+?)')?, (\.\.\.)?"([^]*)"(?:\.\.\.)? is not valid JSON$/.exec(message) ?? [];
  const start = around === '' ? -1 : text.indexOf(around);
  if (start === -1) return undefined;
  // The mistake stands in the middle of a text that is cut before it.
  const inside = around.indexOf(token, dots === undefined ? 0 : Math.floor(around.length / 3));
  return lineOf(text, start + Math.max(0, inside));
}

function lineOf(text: string, position: number): number {
  return text.slice(0, position).split('\n').length;
}
