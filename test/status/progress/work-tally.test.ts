import { describe, expect, it } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { assert, array, integer, property, record } from 'fast-check';
import { workflowTypes } from '../../../src/contracts/names.js';
import type { ProgressEvent } from '../../../src/contracts/progress.js';
import { WatchedWork } from '../../../src/status/progress/watched-work.js';
import type { WorkProgress } from '../../../src/status/progress/work-progress.js';
import { WorkTally } from '../../../src/status/progress/work-tally.js';
import { noCounts } from '../../../src/workflows/pickup/pickup-counts.js';

const event = (part: Partial<ProgressEvent>): ProgressEvent => ({ phase: 'landing', feed: 'trips', message: '', ...part });

describe('how far a work is', () => {
  it('adds up the ranges of a file that are read side by side', () => {
    const tally = new WorkTally(() => 0);
    const of = (range: number, rows: number, bytes: number) =>
      event({ subject: 'trips.csv', totalBytes: 1_000, range, rows, bytes, committed: { rows: 10, bytes: 100 } });
    tally.take(of(0, 15, 150));
    tally.take(of(1, 20, 200));
    tally.take(of(0, 30, 300));
    expect(tally.numbers).toMatchObject({ rows: 40, bytes: 400, totalBytes: 1_000, percent: 40 });
  });

  it('goes back at nothing, whatever attempts begin again', () => {
    const reports = array(
      record({
        subject: integer({ min: 0, max: 2 }),
        range: integer({ min: 0, max: 3 }),
        base: integer({ min: 0, max: 300 }),
        read: integer({ min: 0, max: 400 }),
      }),
      { maxLength: 60 },
    );
    assert(
      property(reports, (all) => {
        const tally = new WorkTally(() => 0);
        let before = tally.numbers;
        for (const { subject, range, base, read } of all) {
          const committed = { rows: base, bytes: base * 10 };
          const part = { subject: `${subject}.csv`, totalBytes: 4_000, rows: base + read, bytes: (base + read) * 10, committed };
          tally.take(event(range === 3 ? part : { ...part, range }));
          const { numbers } = tally;
          expect(numbers.rows).toBeGreaterThanOrEqual(before.rows);
          expect(numbers.bytes).toBeGreaterThanOrEqual(before.bytes);
          expect(numbers.percent!).toBeGreaterThanOrEqual(before.percent ?? 0);
          expect(numbers.percent!).toBeLessThanOrEqual(100);
          before = numbers;
        }
      }),
    );
  });

  it('tells rate and time left of the last seconds', () => {
    let at = 0;
    const tally = new WorkTally(() => at);
    for (const [second, bytes] of [
      [0, 0],
      [10, 100],
      [20, 500],
      [30, 900],
    ] as const) {
      at = second * 1_000;
      tally.take(event({ subject: 'trips.csv', totalBytes: 1_700, rows: bytes / 10, bytes }));
    }
    expect(tally.numbers).toMatchObject({ bytesPerSecond: 40, rowsPerSecond: 4, secondsLeft: 20 });
  });

  it('counts files where there are many, and those that are read beside what is landed', () => {
    const tally = new WorkTally(() => 0);
    tally.take(event({ rows: 100, bytes: 1_000, items: 5, totalItems: 20 }));
    tally.take(event({ subject: 'a.csv', rows: 7, bytes: 70, totalBytes: 100 }));
    expect(tally.numbers).toEqual({ rows: 107, bytes: 1_070, files: 5, totalFiles: 20, percent: 25 });
    tally.take(event({ subject: 'a.csv', rows: 10, bytes: 100, totalBytes: 100, done: true }));
    tally.take(event({ rows: 110, bytes: 1_100, items: 6, totalItems: 20 }));
    expect(tally.numbers).toMatchObject({ rows: 110, bytes: 1_100, files: 6, percent: 30 });
  });

  it.each([
    ['before it is counted', true],
    ['after it was counted', false],
  ])('counts a file once that is done %s', (_when, isDoneFirst) => {
    const tally = new WorkTally(() => 0);
    const done = event({ subject: 'a.csv', rows: 10, bytes: 100, totalBytes: 100, done: true });
    const counted = event({ rows: 10, bytes: 100, items: 1, totalItems: 1 });
    tally.take(event({ subject: 'a.csv', rows: 4, bytes: 40, totalBytes: 100 }));
    tally.take(event({ subject: 'a.csv', rows: 10, bytes: 100, totalBytes: 100 }));
    for (const each of isDoneFirst ? [done, counted] : [counted, done]) {
      tally.take(each);
      expect(tally.numbers).toMatchObject({ rows: 10, bytes: 100, totalBytes: 100, percent: 100 });
    }
    expect(tally.numbers).toMatchObject({ rows: 10, bytes: 100, files: 1, totalFiles: 1, percent: 100 });
  });

  it('ends with what the pickup counted, whatever attempts of a file had said', () => {
    const tally = new WorkTally(() => 0);
    tally.take(event({ subject: 'a.csv', range: 0, rows: 3, bytes: 90, totalBytes: 100, committed: { rows: 0, bytes: 0 } }));
    tally.take(event({ subject: 'a.csv', range: 0, rows: 5, bytes: 100, totalBytes: 100, committed: { rows: 5, bytes: 60 } }));
    tally.take(event({ rows: 12, bytes: 100, items: 1, totalItems: 1 }));
    expect(tally.numbers).toMatchObject({ rows: 12, bytes: 100, totalBytes: 100 });
    tally.take(event({ rows: 12, bytes: 100, done: true }));
    expect(tally.numbers).toMatchObject({ rows: 12, bytes: 100, percent: 100 });
  });

  it('goes on counting where a run by date begins the next dates', () => {
    const tally = new WorkTally(() => 0);
    tally.take({ ...event({ phase: 'pickup' }), part: '2024-01-01' });
    tally.take(event({ rows: 50, bytes: 500, items: 2, totalItems: 2 }));
    tally.take({ ...event({ phase: 'pickup' }), part: '2024-01-02' });
    tally.take(event({ rows: 3, bytes: 30, items: 1, totalItems: 4 }));
    expect(tally.numbers).toMatchObject({ rows: 53, bytes: 530 });
  });
});

describe('a work that is watched', () => {
  it('has a signal to stop that any number of requests can share: the client listens once a request', async () => {
    const signals: AbortSignal[] = [];
    const client = { withAbortSignal: (signal: AbortSignal) => Promise.resolve(void signals.push(signal)) };
    const running = { workflowId: 'shop/run', started: new Date(0) } as ConstructorParameters<typeof WatchedWork>[1];
    await new WatchedWork('shop', running, () => undefined).follow(client as unknown as Client, new AbortController().signal);
    const [signal] = signals;
    for (let requests = 0; requests < 20; requests += 1) signal!.addEventListener('abort', () => requests);
    const warned = Object.getOwnPropertySymbols(signal).find(({ description = '' }) =>
      description.endsWith('maxEventTargetListenersWarned'),
    );
    expect(Reflect.get(signal!, warned!)).toBe(false);
  });

  it('ends with what its result tells, where it ended before all that it said was heard', async () => {
    const result = { ...noCounts, claimed: 6, staged: 6, rows: 30, bytes: 300 };
    const client = {
      withAbortSignal: (_signal: AbortSignal, work: () => Promise<void>) => work(),
      workflow: { getHandle: () => ({ result: () => Promise.resolve(result) }) },
    };
    const running = { workflowId: 'shop/users/pickup-1', type: workflowTypes.pickup, started: new Date(0) };
    const told: WorkProgress[] = [];
    const work = new WatchedWork('shop', running as ConstructorParameters<typeof WatchedWork>[1], (each) => told.push(each), {
      isSilent: true,
    });
    work.see([{ workflowId: running.workflowId, activity: 'landBundle', state: 'waiting', attempt: 2, since: undefined, isLost: false }]);
    await work.follow(client as unknown as Client, new AbortController().signal);
    expect(told.at(-1)).toMatchObject({ state: 'finished', rows: 30, bytes: 300, files: 6, totalFiles: 6, percent: 100 });
  });
});
