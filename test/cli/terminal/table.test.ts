import { describe, expect, it } from '@jest/globals';
import { renderRows, renderTable } from '../../../src/cli/terminal/table.js';

const rows = [
  ['eastrock/users/pickup', 1_200, 'a note that is rather long for a narrow terminal'],
  ['eastrock/process', 7, ''],
];

describe('a table', () => {
  it('aligns texts to the left and numbers to the right', () => {
    expect(
      renderTable(
        ['id', 'files', 'note'],
        [
          ['a', 10, 'x'],
          ['bcd', 5, null],
        ],
      ),
    ).toEqual(['id   files  note', 'a       10  x', 'bcd      5']);
  });

  it('shows controls in a name instead of obeying them', () => {
    expect(renderTable(['object'], [['users-\u001b[2J\nx\u009b\u202egpj.csv']])).toEqual([
      'object',
      'users-\\x1b[2J\\x0ax\\x9b\\u202egpj.csv',
    ]);
  });

  it('is cut to a narrow terminal, the widest column first', () => {
    const lines = renderTable(['id', 'files', 'note'], rows, 40);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
    expect(lines[1]).toContain('…');
    expect(lines[1]).toContain('1200');
  });

  it('keeps its numbers whole on a terminal that is too narrow for them', () => {
    const loads = [['1234567', 'users', 'users_2024-01-01.csv', 'processed', 'deleted', '1,234,567', '12,345', '9.9 GB', '3 minutes ago']];
    const headings = ['load', 'feed', 'object', 'state', 'source', 'rows', 'quarantined', 'size', 'claimed'];
    const narrow = renderTable(headings, loads, 60)[1];
    for (const number of ['1234567', '1,234,567', '12,345', '9.9 GB']) expect(narrow).toContain(number);
    expect(narrow).toContain('users…');
    expect(renderTable(headings, loads, 90)[1]?.length).toBeLessThanOrEqual(90);
  });

  it('is whole where there is no terminal', () => {
    expect(renderTable(['id', 'files', 'note'], rows)[1]).toContain('narrow terminal');
  });
});

describe('rows on a terminal', () => {
  const headings = ['schedule', 'cron (UTC)', 'next', 'last', 'note'];
  const schedules = ['users/pickup', 'process'].map((name) => [
    `eastrock/${name}`,
    '*/3 * * * *',
    'in 2 min',
    '1 min ago',
    'made by strata schedules apply',
  ]);

  it('are a block of lines each where a table would cut what they are known by', () => {
    const lines = renderRows(headings, schedules, 60);
    expect(lines).toContain('schedule    eastrock/users/pickup');
    expect(lines.join('\n')).not.toContain('…');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
    expect(renderRows(headings, schedules, 100)).toHaveLength(3);
  });

  it('move no column of other rows far by one long text, where there is no terminal', () => {
    const lines = renderRows(
      ['object', 'state'],
      [
        ['k'.repeat(200), 'refused'],
        ['users.csv', 'staged'],
      ],
    );
    expect(lines[1]).toContain(`${'k'.repeat(200)}  refused`);
    expect(lines[2]?.length).toBeLessThan(80);
  });
});
