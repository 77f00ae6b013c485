import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Output } from '../../../src/cli/terminal/output.js';
import { ProgressView } from '../../../src/cli/terminal/progress-view.js';

function screen(terminal: boolean, columns = 60) {
  const stream = Object.assign(new PassThrough(), { isTTY: terminal, columns }) as unknown as NodeJS.WriteStream;
  return { out: new Output(stream, stream), text: () => String((stream as unknown as PassThrough).read() ?? '') };
}

describe('the progress of a run', () => {
  beforeEach(() => void jest.useFakeTimers({ now: 0 }));
  afterEach(() => void jest.useRealTimers());

  it('moves on a terminal: files, rows, bytes, rate and time left', () => {
    const { out, text } = screen(true, 120);
    const view = new ProgressView(out);
    view.show({ phase: 'pickup', message: 'looking' });
    view.show({ phase: 'landing', feed: 'users', message: '', rows: 0, bytes: 0, items: 0, totalItems: 100 });
    jest.setSystemTime(10_000);
    view.show({ phase: 'landing', feed: 'users', message: '', rows: 5_000, bytes: 2_000_000, items: 20, totalItems: 100 });
    jest.setSystemTime(12_000);
    view.show({ phase: 'landing', feed: 'users', message: '', rows: 6_000, bytes: 3_000_000, items: 25, totalItems: 100 });
    expect(text().split('\r').at(-1)).toMatch(
      /12 s {2}files to staging {2}25 of 100 files {2}6,000 rows {2}3\.0 MB {2}\S+ [kM]B\/s {2}36 s left$/,
    );
  });

  it('says of rows that go straight into bulk that they do', () => {
    const { out, text } = screen(false);
    const view = ProgressView.of(out, true);
    for (const phase of ['landing', 'processing'] as const) view.show({ phase, feed: 'trips', message: '' });
    expect(text()).toMatch(/^ +0 s {2}files to bulk\n +0 s {2}rows made visible\n$/);
  });

  it('tells the time left of one large file by its bytes', () => {
    const { out, text } = screen(true, 120);
    const view = new ProgressView(out);
    const large = { phase: 'landing', feed: 'users', subject: 'users.csv', message: '', totalBytes: 1_000_000_000 } as const;
    view.show({ ...large, rows: 0, bytes: 0 });
    jest.setSystemTime(10_000);
    view.show({ ...large, rows: 2_000_000, bytes: 250_000_000 });
    expect(text().split('\r').at(-1)).toContain('2,000,000 rows  250 MB of 1.0 GB  25 MB/s  30 s left');
  });

  it('counts what ended once, however many tell of it, and takes back nothing that comes late', () => {
    const { out, text } = screen(true, 120);
    const view = new ProgressView(out);
    view.show({ phase: 'marts', message: 'bulk to bus' });
    const mart = { phase: 'marts', subject: 'bus.daily_users', message: '', rows: 7 } as const;
    view.show({ ...mart, done: true });
    view.show({ ...mart, done: true });
    view.show(mart);
    view.show({ phase: 'vault', subject: 'vault.hub_user', message: '', rows: 3, done: true });
    jest.setSystemTime(1_000);
    view.show({ phase: 'marts', message: '' });
    expect(text().split('\r').at(-1)).toMatch(/bulk to bus {2}1 done$/);
  });

  it('says nothing of an earlier phase that is told late', () => {
    const { out, text } = screen(true, 120);
    const view = new ProgressView(out);
    view.show({ phase: 'outputs', message: 'reports of 366 dates' });
    jest.setSystemTime(10_000);
    view.show({ phase: 'processing', feed: 'users', message: 'merging into bulk.users' });
    expect(text().split('\r').at(-1)).toMatch(/10 s {2}outputs by date {2}reports of 366 dates$/);
  });

  it('never is wider than the terminal', () => {
    const { out, text } = screen(true, 40);
    const view = new ProgressView(out);
    view.show({ phase: 'marts', subject: 'bus.daily_users', message: 'a message that is much too long for the terminal', rows: 1_000_000 });
    for (const line of text().split('\r')) expect(line.replace('\x1b[2K', '').length).toBeLessThan(40);
  });

  it('is a line a phase, and one every 10 s, where nobody watches', () => {
    const { out, text } = screen(false);
    const view = new ProgressView(out);
    view.show({ phase: 'pickup', message: 'looking' });
    for (let second = 0; second <= 30; second += 1) {
      jest.setSystemTime(second * 1_000);
      view.show({ phase: 'landing', feed: 'users', message: `${second} files`, rows: second * 100 });
    }
    const lines = text().trimEnd().split('\n');
    expect(lines).toHaveLength(5);
    expect(lines.join('\n')).not.toContain('\x1b');
  });
});
