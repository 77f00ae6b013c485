import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

export interface Document {
  /** Below the project's folder. */
  readonly path: string;
  readonly text: string;
}

/** A fenced block; its info string is a language and a name: ```sh run. */
export interface Block {
  readonly language: string;
  readonly name: string;
  readonly text: string;
}

/** README.md, CONTRIBUTING.md and every page of docs. */
export const documents: readonly Document[] = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
].map((path) => documentAt(path));

/** A file of the project; throws when it is not there. */
export function documentAt(path: string): Document {
  return { path, text: readFileSync(join(root, path), 'utf8') };
}

export function fencedBlocks({ text }: Document): Block[] {
  return [...text.matchAll(/^```(\w*) ?(.*)\n([\s\S]*?)^```$/gm)].map(([, language = '', name = '', body = '']) => ({
    language,
    name,
    text: body,
  }));
}

/** The text without its fenced blocks. */
export function prose({ text }: Document): string {
  return text.replace(/^```[\s\S]*?^```$/gm, '');
}

/** Anchors of the headings, as GitHub makes them. */
export function anchors(document: Document): string[] {
  return [...prose(document).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- _]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** The cells of the rows below a table's heading, tables in their order. */
export function tables({ text }: Document): string[][][] {
  return [...text.matchAll(/^\|.*\|\n\|[-| ]+\|\n((?:\|.*\|\n)+)/gm)].map(([, body = '']) =>
    body
      .trim()
      .split('\n')
      .map((row) =>
        row
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      ),
  );
}
