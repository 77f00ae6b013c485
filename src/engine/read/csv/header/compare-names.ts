import { replayedRow } from '../../../definition/replayed-row.js';
import { headerName, type Contract } from '../../contract.js';
import { listed } from './fields.js';

/** Which columns a header lacks, has twice or has beside those of the feed, by their places and by names of the definition alone. */
export function compareNames(names: readonly string[], { columns, ignoresExtra, keeps }: Contract): string {
  const places = new Map<string, number[]>();
  names.forEach((name, index) => places.set(headerName(name), [...(places.get(headerName(name)) ?? []), index + 1]));
  if (places.has(replayedRow.column) && !columns.some(({ headers }) => headers.includes(replayedRow.column)))
    return rowsOfAnotherLoad(places.get(replayedRow.column)![0]!);
  const missing = columns.filter(({ headers, optional }) => !optional && !headers.some((header) => places.has(header)));
  const unknown = names
    .map((name, index) => ({ name, place: index + 1 }))
    .filter(({ name }) => !columns.some(({ headers }) => headers.includes(headerName(name))));
  const parts: string[] = [];
  for (const { headers, title } of columns) {
    const all = headers.flatMap((header) => places.get(header) ?? []);
    if (all.length > 1) parts.push(`the header has the column ${title} twice (columns ${all.slice(0, 5).join(' and ')})`);
  }
  const same = [...new Set(unknown.map(({ name }) => headerName(name)))]
    .map((name) => places.get(name)!)
    .filter(({ length }) => length > 1);
  for (const all of keeps === undefined ? [] : same)
    parts.push(`columns ${all.slice(0, 5).join(' and ')} of the header have the same name`);
  const alike = unknown.flatMap(({ name, place }) => {
    const column = missing.find(({ title }) => isAlike(name, title));
    return column === undefined ? [] : [{ place, title: column.title }];
  });
  for (const { place, title } of alike.slice(0, 5)) parts.push(`column ${place} is almost "${title}", but not quite`);
  const others = unknown.filter(({ place }) => !alike.some((one) => one.place === place)).map(({ place }) => place);
  if (others.length > 0 && !ignoresExtra)
    parts.push(`${placesOf(others)} of the header ${others.length === 1 ? 'is' : 'are'} not one of the feed's`);
  if (!ignoresExtra && unknown.some(({ name, place }) => name === '' && place === names.length))
    parts.push('the last column has no name: a comma too many ends the line');
  const lacking = missing.filter(({ title }) => !alike.some((one) => one.title === title)).map(({ title }) => title);
  if (lacking.length > 0) parts.push(`the header lacks ${listed(lacking, 12)}`);
  return parts.join('; ');
}

function rowsOfAnotherLoad(place: number): string {
  const { column } = replayedRow;
  return `column ${place} of the header is not one of the feed's: rows with ${column} keep their places when they are loaded from the quarantine folder of their load. Take the column out for a file of new rows`;
}

function placesOf(places: readonly number[]): string {
  return `${places.length === 1 ? 'column' : 'columns'} ${listed(places.map(String), 10)}`;
}

/** The same but for case, spaces, signs and characters that can't be seen, or one letter. */
function isAlike(found: string, expected: string): boolean {
  const [a, b] = [found, expected].map((name) =>
    name
      .normalize('NFKD')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, ''),
  );
  if (a === undefined || b === undefined || a === '' || a.length > 100) return false;
  return a === b || (Math.min(a.length, b.length) > 3 && isOneLetterApart(a, b));
}

/** One letter more, one less, another one, or two that changed places. */
function isOneLetterApart(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const [restOfA, restOfB] = [a.slice(start), b.slice(start)];
  const isSwapped = restOfA[0] === restOfB[1] && restOfA[1] === restOfB[0] && restOfA.slice(2) === restOfB.slice(2);
  return isSwapped || restOfA.slice(1) === restOfB.slice(1) || restOfA.slice(1) === restOfB || restOfA === restOfB.slice(1);
}
