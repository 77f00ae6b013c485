import { describe, expect, it } from '@jest/globals';
import { CancelledFailure, type ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { runActivity } from '../../src/activities/run-activity.js';
import { failureTypes, type FailureType } from '../../src/contracts/failures.js';
import { ObjectChangedError, StoreError } from '../../src/engine/object-store.js';
import { StrataError } from '../../src/engine/strata-error.js';
import { watchCall, watchWork, workWatch } from '../../src/connectors/work-watch.js';

const failureOf = async (error: unknown, attempt = 1): Promise<ApplicationFailure> => {
  const environment = new MockActivityEnvironment({ attempt });
  return environment
    .run(() => runActivity({}, async () => Promise.reject(error)))
    .then(
      () => Promise.reject(new Error('it did not fail')),
      (thrown: unknown) => thrown as ApplicationFailure,
    );
};

describe('an activity', () => {
  it.each(Object.keys(failureTypes) as FailureType[])(
    'fails as %s with the type and retryability of the table, and without the cause',
    async (type) => {
      const failure = await failureOf(new StrataError(type, 'what to do', { cause: new Error("Duplicate entry 'secret'") }));
      expect(failure).toMatchObject({ type, message: 'what to do', nonRetryable: !failureTypes[type].retryable });
      expect(failure.cause).toBeUndefined();
    },
  );

  it('tells the failures of stores in the same words', async () => {
    expect(await failureOf(new StoreError('no-such-bucket', 'make it'))).toMatchObject({ type: 'misconfigured', nonRetryable: true });
    expect(await failureOf(new StoreError('unavailable', 'wait'))).toMatchObject({ type: 'unavailable', nonRetryable: false });
    expect(await failureOf(new ObjectChangedError('replaced', 'users.csv'))).toMatchObject({ type: 'contention', nonRetryable: false });
  });

  it('retries what nobody foresaw until the fifth attempt, without the text of a driver', async () => {
    expect(await failureOf(new TypeError('x is not a function'), 4)).toMatchObject({ type: 'unexpected', nonRetryable: false });
    expect(await failureOf(new TypeError('x is not a function'), 5)).toMatchObject({ type: 'unexpected', nonRetryable: true });
    const driver = Object.assign(new Error("Data too long: 'secret'"), { code: 'ER_DATA_TOO_LONG', sqlState: '22001' });
    expect((await failureOf(driver)).message).toBe('Error: ER_DATA_TOO_LONG');
  });

  it('passes cancellation on, and ends as cancelled whatever the code throws then', async () => {
    const environment = new MockActivityEnvironment();
    const work = environment.run(() =>
      runActivity({}, async ({ signal }) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        throw new Error('the statement was killed');
      }),
    );
    environment.cancel('CANCELLED');
    await expect(work).rejects.toBeInstanceOf(CancelledFailure);
  });

  it('beats while it works, with what it reported last', async () => {
    const environment = new MockActivityEnvironment();
    const beats: unknown[] = [];
    environment.on('heartbeat', (details: unknown) => beats.push(details));
    await environment.run(() =>
      runActivity({}, async ({ report }) => {
        report({ phase: 'landing', message: 'early', rows: 1 });
        report({ phase: 'landing', message: 'late', rows: 2 });
        await new Promise((resolve) => setTimeout(resolve, 3_500));
      }),
    );
    expect(beats).toEqual([{ phase: 'landing', message: 'late', rows: 2 }]);
  });

  it('that shows no sign of life is stopped, left behind where it does not stop, and fails as unavailable with its last step', async () => {
    const environment = new MockActivityEnvironment();
    const beats: unknown[] = [];
    environment.on('heartbeat', (details: unknown) => beats.push(details));
    let stopped: unknown;
    const stuck = environment.run(() =>
      watchWork(1_000, () =>
        runActivity({}, ({ signal }) => {
          workWatch()?.sign('reading a disk', 42);
          signal.addEventListener('abort', () => (stopped = signal.reason));
          return new Promise<void>(() => undefined);
        }),
      ),
    );
    await expect(stuck).rejects.toMatchObject({
      type: 'unavailable',
      nonRetryable: false,
      message: expect.stringMatching(/^nothing has moved for 1 s, after 42 bytes\. Its last step was: reading a disk\./) as unknown,
    });
    expect(stopped).toMatchObject({ type: 'unavailable' });
    expect(beats[0]).toEqual({ step: 'reading a disk', bytesMoved: 42 });
  }, 40_000);

  it('is stopped when one call never comes back, however lively the others are, and names that call', async () => {
    const stuck = new MockActivityEnvironment().run(() =>
      watchWork(1_000, () =>
        runActivity({}, ({ signal, report }) => {
          const timer = setInterval(() => {
            report({ phase: 'landing', message: 'on' });
            void watchCall('reading users.csv', async () => undefined);
          }, 100);
          signal.addEventListener('abort', () => clearInterval(timer));
          return watchCall('reading games.csv', () => new Promise<void>(() => undefined));
        }),
      ),
    );
    await expect(stuck).rejects.toMatchObject({
      type: 'unavailable',
      nonRetryable: false,
      message: expect.stringMatching(/^one call has given no answer for 1 s: reading games\.csv\. /) as unknown,
    });
  }, 40_000);

  it('goes on for as long as it shows signs of life, and for as long as it likes where it only waits', async () => {
    const slowly = () => new Promise((resolve) => setTimeout(resolve, 4_500));
    const lively = new MockActivityEnvironment().run(() =>
      watchWork(2_000, () =>
        runActivity({}, async ({ report }) => {
          const timer = setInterval(() => report({ phase: 'landing', message: 'on' }), 200);
          await slowly();
          clearInterval(timer);
          return 'done';
        }),
      ),
    );
    const waiting = new MockActivityEnvironment().run(() => watchWork(1_000, () => runActivity({ waits: true }, slowly)));
    expect(await lively).toBe('done');
    await waiting;
  }, 40_000);
});
