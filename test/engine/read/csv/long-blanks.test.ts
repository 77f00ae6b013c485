import { describe, expect, it } from '@jest/globals';
import type { FeedDefinition } from '../../../../src/engine/definition/types.js';
import { fieldsOfRow } from '../../../../src/engine/read/row-text.js';
import { scanAll, textFeed } from './scan-driver.js';

/** Nearly as many as a row may have; a look at each of them from each of them would take hours, and the test its whole time. */
const many = 1_000_000;
const blanks = ' \t'.repeat(many / 2);

describe('a million blanks within a value', () => {
  it('in a header are a part of a name that is not known', async () => {
    const { header } = await scanAll(textFeed(1), [Buffer.from(`C${blanks}0\n`)]);
    expect(header).toMatchObject({ kind: 'bad_header', problem: expect.stringContaining('is not one of the feed') as unknown });
    const quotes = await scanAll(textFeed(1), [Buffer.from(`C${"'".repeat(many)}0\n`)]);
    expect(quotes.header).toMatchObject({ kind: 'bad_header' });
  });

  it('in the value that a column is made of stay there', async () => {
    const [column] = textFeed(1).columns;
    const feed: FeedDefinition = {
      ...textFeed(1),
      columns: [
        column!,
        { name: 'made', derive: { by: 'ua.device', from: 'c0' }, type: { kind: 'text', maxLength: 2_000_000 }, reason: 'too_long' },
      ],
    };
    const derive = {
      name: 'made',
      by: 'ua.device',
      from: 'c0',
      version: '1',
      check: () => true,
      bad: 1,
      empty: 0,
      nullable: false,
      exact: false,
    } as const;
    const { rows } = await scanAll(feed, [Buffer.from(`C0\n${blanks}a${blanks.slice(0, 9)}\n`), Buffer.from(`x${blanks.slice(20)}y\n`)], {
      derivations: [{ ...derive, apply: (value) => value }],
    });
    expect(rows.map(({ fields }) => fields[1]?.length)).toEqual([1, many - 18]);
  });

  it('in a row of quarantine stay in its text', () => {
    const [text] = fieldsOfRow(textFeed(1), ['c0'], Buffer.from(`x${blanks}y`)) as string[];
    expect(text).toHaveLength(many + 2);
  });

  it('as zeros of a number with an exponent are cut off at the end alone', async () => {
    const feed: FeedDefinition = {
      ...textFeed(1),
      format: { kind: 'ndjson' },
      columns: [{ ...textFeed(1).columns[0]!, type: { kind: 'decimal', precision: 9, scale: 2, round: true } }],
    };
    const { rejects } = await scanAll(feed, [Buffer.from(`{"C0":0.${'0'.repeat(many)}1e1}\n`)]);
    expect(rejects).toHaveLength(1);
  });
});
