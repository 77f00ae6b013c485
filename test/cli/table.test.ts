import { describe, expect, it } from '@jest/globals';
import { renderTable } from '../../src/cli/table.js';

const rows = [
  ['eastrock/users/pickup', 1_200, 'a note that is rather long for a narrow terminal'],
  ['eastrock/process', 7, ''],
];

describe('a table', () => {
  it('aligns texts to the left and numbers to the right', () => {
    expect(renderTable(['id', 'files', 'note'], [['a', 10, 'x'], ['bcd', 5, null]])).toEqual(['id   files  note', 'a       10  x', 'bcd      5']);
  });

  it('shows controls in a name instead of obeying them', () => {
    expect(renderTable(['object'], [['users-\u001b[2J\nx\u009b.csv']])).toEqual(['object', 'users-\\x1b[2J\\x0ax\\x9b.csv']);
  });

  it('is cut to a narrow terminal, the widest column first', () => {
    const lines = renderTable(['id', 'files', 'note'], rows, 40);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
    expect(lines[1]).toContain('…');
    expect(lines[1]).toContain('1200');
  });

  it('is whole where there is no terminal', () => {
    expect(renderTable(['id', 'files', 'note'], rows)[1]).toContain('narrow terminal');
  });
});
