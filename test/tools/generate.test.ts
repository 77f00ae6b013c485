import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';

const folder = mkdtempSync(path.join(tmpdir(), 'strata-generate-'));
afterAll(() => rmSync(folder, { recursive: true }));

function generate(name: string, ...options: string[]): Record<'users' | 'games' | 'payments', string[]> {
  const target = path.join(folder, name);
  execFileSync(process.execPath, ['tools/start.mjs', 'generate', target, ...options]);
  const lines = (file: string) =>
    readFileSync(path.join(target, `${file}.csv`), 'utf8')
      .trimEnd()
      .split('\n');
  return { users: lines('users'), games: lines('games'), payments: lines('payments') };
}

describe('the generator of sample files', () => {
  it('writes the three files in the proportions of real ones, with some rows that break the contract', () => {
    const { users, games, payments } = generate('usual', '--rows', '600');
    expect([users[0], games[0], payments[0]]).toEqual([
      'UserID,UserName,SignUpDate,Country',
      'GameID,UserID,GameType,PlayDate,Duration',
      'TransactionID,UserID,Amount,TransactionDate,Type',
    ]);
    expect([users.length - 1, games.length - 1, payments.length - 1]).toEqual([100 + 3, 300 + 4, 200 + 3]);
    const date = String.raw`\d{1,2}/\d{1,2}/2023`;
    expect(users.filter((line) => new RegExp(`^\\d+,User\\d+,${date},[A-Z]{2,3}$`).test(line))).toHaveLength(101);
    expect(games.filter((line) => new RegExp(`^\\d+,\\d+,[A-Z][a-z]+,${date},\\d+$`).test(line))).toHaveLength(300);
    expect(
      payments.filter((line) => new RegExp(`^\\d+,\\d+,-?\\d+(\\.\\d+)?,${date},(Deposit|Withdrawal|Correction)$`).test(line)),
    ).toHaveLength(200);
  });

  it('writes the same rows for the same seed and others for another one', () => {
    expect(generate('again', '--rows', '60', '--seed', '5')).toEqual(generate('once', '--rows', '60', '--seed', '5'));
    expect(generate('other', '--rows', '60', '--seed', '6')).not.toEqual(generate('once', '--rows', '60', '--seed', '5'));
  });

  it('writes the initial load and the days of b2b', () => {
    const target = path.join(folder, 'b2b');
    const options = ['--pipeline', 'b2b', '--rows', '100', '--days', '2', '--from', '2021-02-28'];
    const output = execFileSync(process.execPath, ['tools/start.mjs', 'generate', target, ...options], { encoding: 'utf8' });
    const files = output.trimEnd().split('\n');
    expect(files.map((file) => path.relative(target, file))).toEqual(
      expect.arrayContaining(['data/init/orders.csv', 'data/raw/2021-02-28/weblogs.log', 'data/raw/2021-03-01/leadcsv.csv']),
    );
    expect(files.every((file) => statSync(file).isFile())).toBe(true);
  });

  it('writes the real trips and a file of others, the same ones for the same seed', () => {
    const trips = (name: string, seed: string) => {
      const target = path.join(folder, name);
      execFileSync(process.execPath, ['tools/start.mjs', 'generate', target, '--pipeline', 'trips', '--rows', '200', '--seed', seed]);
      return ['trips.csv', 'trips_200.csv'].map((file) => readFileSync(path.join(target, file), 'utf8').trimEnd().split('\n'));
    };
    const [real, others] = trips('trips', '1');
    expect([real!.length, others!.length]).toEqual([1 + 100, 1 + 200 + 4]);
    expect(others![0]).toBe(real![0]);
    const row = /^(Prague|Turin|Hamburg),POINT \(\d+\.\d+ \d+\.\d+\),POINT \(\d+\.\d+ \d+\.\d+\),2018-\d\d-\d\d \d\d:\d\d:\d\d,[a-z_]+$/;
    expect(others!.filter((line) => row.test(line)).length).toBeGreaterThanOrEqual(200);
    expect(trips('again', '1')).toEqual([real, others]);
    expect(trips('other', '2')[1]).not.toEqual(others);
  });

  it('says how it is used, and answers mistakes with that', () => {
    const run = (...args: string[]) => spawnSync(process.execPath, ['tools/start.mjs', 'generate', ...args], { encoding: 'utf8' });
    expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('Examples:') });
    for (const wrong of [
      [],
      ['--what'],
      ['a', 'b'],
      ['a', '--rows', '0'],
      ['a', '--seed', 'x'],
      ['a', '--pipeline', 'x'],
      ['a', '--from', 'June'],
    ])
      expect([wrong, run(...wrong)]).toMatchObject([wrong, { status: 2, stdout: '', stderr: expect.stringMatching(/^usage: /) }]);
  });
});
