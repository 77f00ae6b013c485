import { describe, expect, it } from '@jest/globals';
import { countLeftAlone } from '../../../src/contracts/listed-files.js';
import { asCode } from '../../../src/contracts/report-tables.js';
import { paragraphs, reportMarkdown } from '../../../src/workflows/report/report-markdown.js';
import { noCounts } from '../../../src/workflows/pickup/pickup-counts.js';

describe('current details', () => {
  it('list the marts that changed and count those that were current', () => {
    const current = { mode: 'current', keys: 0, rows: 0 } as const;
    expect(reportMarkdown({ marts: { 'bus.a': current, 'bus.b': { mode: 'incremental', keys: 1_200, rows: 3 }, 'bus.c': current } })).toBe(
      '**Bulk to bus**\n\n| mart | how | keys | rows |\n|---|---|---|---|\n| bus.b | incremental | 1,200 | 3 |\n\n- 2 of 3 marts already up to date',
    );
    expect(reportMarkdown({ marts: { 'bus.a': current } })).toBe('**Bulk to bus**\n\n- 1 of 1 mart already up to date');
    expect(reportMarkdown({ marts: {} })).toBe('');
  });

  it('show keys as code, whatever is in them', () => {
    expect(asCode('[click](http:evil)')).toBe('`[click](http:evil)`');
    expect(asCode('a`b`\n# c\r\u2028d')).toBe("`a'b' # c  d`");
  });

  it('name the files that were refused, with the reason', () => {
    const counts = { ...noCounts, refused: 3, refusals: [{ loadId: 4, object: 'users_`1`.csv', problem: 'the header lacks Country' }] };
    expect(reportMarkdown({ pickups: { users: counts, payments: noCounts } })).toContain(
      "**Refused files**\n\n- `users_'1'.csv` (load 4): the header lacks Country\n- and 2 more",
    );
    expect(reportMarkdown({ pickups: { users: noCounts } })).not.toContain('Refused');
  });

  it('name a file or folder that several feeds leave alone once, with the feeds', () => {
    const reason = "it can't be read";
    const leftAlone = (files: number, ...objects: string[]) => ({
      ...noCounts,
      leftAlone: { files, first: objects.map((object) => ({ object, reason })) },
    });
    const days = ['raw/1', 'raw/2'];
    expect(
      reportMarkdown({
        pickups: { a: leftAlone(2, ...days), b: leftAlone(2, ...days), c: leftAlone(2, 'raw/2', 'raw/c.csv'), d: noCounts },
      }),
    ).toContain(
      "**Files left alone**\n\n- `raw/1` was left alone: it can't be read (feeds: a, b)\n- `raw/2` was left alone: it can't be read (feeds: a, b, c)\n" +
        "- `raw/c.csv` was left alone: it can't be read",
    );
    expect(reportMarkdown({ pickups: { a: leftAlone(5, ...days), b: leftAlone(5, ...days), c: leftAlone(9, 'x') } })).toMatch(
      /- and 3 more of a, b\n- and 8 more of c$/,
    );
    expect(reportMarkdown({ pickups: { a: leftAlone(5, ...days), d: noCounts } })).toMatch(/- and 3 more$/);
    expect(countLeftAlone({ a: leftAlone(5, ...days), b: leftAlone(5, ...days), c: leftAlone(2, 'raw/2', 'x') })).toBe(6);
  });

  it('leave out what has nothing to say', () => {
    expect(paragraphs(reportMarkdown({ failures: [] }), 'one', '', 'two')).toBe('one\n\ntwo');
    expect(reportMarkdown({ failures: ['bus.a: no connection'] })).toBe('**Failed**\n\n- bus.a: no connection');
  });
});
