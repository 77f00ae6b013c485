import { describe, expect, it } from '@jest/globals';
import { overlapMistakes } from '../../../../src/engine/definition/match/overlap-mistakes.js';
import { outline } from '../../../../src/engine/definition/outline.js';

describe('the patterns of the feeds of one source', () => {
  // As a lake has them: a folder for each table, then one for each part of the time.
  const matchOf = (name: string) => `^lake/${name}/\\d{4}-\\d{2}-\\d{2}/(?<time>\\d{2}:\\d{2}:\\d{2}\\.\\d{1,6})/[a-z0-9_-]+\\.jsonl?$`;
  const feeds = Array.from({ length: 100 }, (_, index) => ({ name: `table_${index}`, match: matchOf(`table_${index}`) }));

  it('are compared in the time that their number takes, as every command does it at its start', () => {
    const before = process.cpuUsage();
    expect(overlapMistakes([{ label: 'lake', outline: outline({ feeds }) }])).toEqual([]);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(15);
  });

  it('name the first of those that would take the same objects', () => {
    const all = [...feeds, { name: 'all', match: '^lake/[a-z0-9_]+/.*\\.json$' }];
    expect(overlapMistakes([{ label: 'lake', outline: outline({ feeds: all }) }])).toEqual([
      expect.stringMatching(/^lake: feeds\[100\]\.match: all and table_0 both match a file named "lake\/table_0\//),
    ]);
  });
});
