import { createRequire } from 'node:module';
import type { ValueCheck } from '../traits.js';

export const codeLists = ['iso-4217', 'iso-3166-1-alpha-3'] as const;
export type CodeList = (typeof codeLists)[number];

const require = createRequire(import.meta.url);

/** Codes of three capital letters; the packages are read when a list is first used, and their versions are pinned. */
const codesOf: Readonly<Record<CodeList, () => readonly string[]>> = {
  'iso-4217': () => (require('currency-codes') as { codes(): readonly string[] }).codes(),
  // The list alone: the package's own entry reads the names of countries in 80 languages.
  'iso-3166-1-alpha-3': () => (require('i18n-iso-countries/codes.json') as readonly (readonly string[])[]).map((codes) => codes[1] ?? ''),
};

const letters = 26;

/** Whether a value is a code of the list, in any case (ASCII). A table of all texts of three letters: no text is made of a value. */
export function isListed(list: CodeList): ValueCheck {
  const table = new Uint8Array(letters ** 3);
  for (const code of codesOf[list]()) table[placeOf(Buffer.from(code), 0)] = 1;
  return (bytes, start, end) => {
    if (end - start !== 3) return false;
    const place = placeOf(bytes, start);
    return place !== -1 && table[place] === 1;
  };
}

/** Of three letters at `start`; -1 if one of them is not a letter. */
function placeOf(bytes: Buffer, start: number): number {
  let place = 0;
  for (let at = start; at < start + 3; at++) {
    const letter = (bytes[at]! | 0x20) - 0x61;
    if (letter < 0 || letter >= letters) return -1;
    place = place * letters + letter;
  }
  return place;
}
