import { readFile, rename, writeFile } from 'node:fs/promises';
import { hasCode } from '../../run/errors.js';

const introduction = `# Benchmarks

Written by \`npm run bench\`; [docs/explanation/benchmarks.md](docs/explanation/benchmarks.md) says what each scenario measures and how to read it.
Seconds are those of the machine that a section names: trust the ratios, which are of neighbours in the same run. A cell is
the median and, in brackets, the lowest and the highest of the rounds.
`;

/** Titles of quick runs; their sections stand behind the full ones. */
export const quickTitle = (title: string): string => `Quick: ${lowerFirst(title)}`;
const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

export interface Section {
  readonly title: string;
  readonly body: string;
}

/** The sections of a document, by their `## ` headings. */
export function sectionsOf(text: string): Section[] {
  return text
    .split(/^## /m)
    .slice(1)
    .map((part) => {
      const [title = '', ...body] = part.split('\n');
      return { title: title.trim(), body: body.join('\n').trim() };
    });
}

/**
 * The document with these sections in place of those of the same title; the others stay. A full section takes the place of its
 * quick one as well. `text` is the document so far, which may be empty; `order` the titles of full sections.
 */
export function withSections(text: string, sections: readonly Section[], order: readonly string[]): string {
  const bodies = new Map(sectionsOf(text).map(({ title, body }) => [title, body]));
  for (const { title, body } of sections) {
    bodies.delete(quickTitle(title));
    bodies.set(title, body);
  }
  const titles = [...order, ...order.map(quickTitle)].filter((title) => bodies.has(title));
  return [introduction, ...titles.map((title) => `## ${title}\n\n${bodies.get(title)}\n`)].join('\n');
}

/** Rewrites the file in one step: an interrupted run leaves the old one. */
export async function writeSections(file: string, sections: readonly Section[], order: readonly string[]): Promise<void> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (!hasCode(error, 'ENOENT')) throw error;
    return '';
  });
  await writeFile(`${file}.part`, withSections(text, sections, order));
  await rename(`${file}.part`, file);
}
