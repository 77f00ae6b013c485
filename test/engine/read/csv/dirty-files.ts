import fc from 'fast-check';

export const lineBreak = fc.constantFrom('\n', '\r\n');
/** Sizes of the buffers that a file comes in. */
export const cuts = fc.array(fc.oneof({ weight: 2, arbitrary: fc.constant(1) }, fc.integer({ min: 1, max: 40 })), {
  minLength: 1,
  maxLength: 8,
});

/** Fragments that make good rows, bad values, bad quotes, bad bytes and blank lines when they are thrown together. */
const good = [
  '1,2,Slots,3/4/2023,5',
  '01,4294967295,"Po,ker",29/02/2024,0',
  '7,8,"a ""b"" \\",1/1/1000,2147483647',
  ' 9 ,\t1,, 31/12/9999 ,"\r\n6"',
  '1,2,"é\n€",3/4/2023,5',
];
const bad = [
  ',,,,',
  '1,0,x,31/2/2023,-1',
  '0,1,x,29/2/1900,2147483648',
  '1,2,3',
  '1,2,3,4,5,6',
  'GameID,UserID,GameType,PlayDate,Duration',
  '1,4294967296,x,1/13/2020,5x',
];
const fragments = [
  '"',
  '""',
  ',',
  '\n',
  '\r\n',
  '\r',
  ' ',
  '\t',
  '\\',
  'x',
  '1',
  '\0',
  '\xff',
  '\xc3',
  '\xc3\xa9',
  '"\n',
  ',"',
  '",',
  '\n\n',
  ' \t\r\n',
  '\xed\xa0\x80',
];
const latin1 = (text: string): string => Buffer.from(text).toString('latin1');
/** What follows the header of a file of games: any mix of good and broken bytes. */
export const dirty = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...good).chain((row) => lineBreak.map((end) => latin1(row) + end)) },
      { weight: 2, arbitrary: fc.constantFrom(...bad).chain((row) => lineBreak.map((end) => row + end)) },
      { weight: 3, arbitrary: fc.constantFrom(...fragments) },
    ),
    { maxLength: 30 },
  )
  .map((parts) => Buffer.from(parts.join(''), 'latin1'));

const mib = 1 << 20;
const aboutLimitParts = fc.record({
  head: fc.constantFrom('', '1,2,', '"', '1,"', '"a\n', '"a\n",', '"a\r\n"",', 'x"', '"x"y', '"a\n"b', '"q","', ' ', ' \t'),
  fill: fc.constantFrom('x', ' ', '\n', '"', '""', ',', '\r\n', '\r', '\t', 'a",\n"'),
  delta: fc.integer({ min: -4, max: 4 }),
  tail: fc.constantFrom('', '\n', '\r\n', '"', '"\n', '"\r\n', '""\n', '""', '"x\n', ',"b\nc"\n', '\r', '\r\r\n', 'x\n', '",2\n'),
  more: fc.constantFrom('', '1,2,x,3/4/2023,5\n', '"\n', 'y'.repeat(70_000) + '\n1,2,x,3/4/2023,5', 'z"\n'.repeat(3)),
});
/** The same with a row of about 1 MiB, with quotes open, closed, doubled or broken on either side of the limit. */
export const aboutLimit = aboutLimitParts.map(({ head, fill, delta, tail, more }) => {
  const length = mib + delta - head.length;
  return Buffer.from(head + fill.repeat(Math.ceil(length / fill.length)).slice(0, length) + tail + more, 'latin1');
});
