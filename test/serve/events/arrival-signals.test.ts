import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { ArrivalSignals } from '../../../src/serve/events/arrival-signals.js';

const of = (pipeline: string, ...feeds: string[]) => feeds.map((feed) => ({ pipeline, feed }));

describe('signals of arrivals', () => {
  it('go at once, and gather what comes meanwhile in one', async () => {
    const sent: string[] = [];
    let sending = 0;
    const signals = new ArrivalSignals(async (pipeline, feeds) => {
      sending += 1;
      await sleep(20);
      sent.push(`${pipeline}: ${feeds.join(' ')}`);
    });
    const first = signals.publish(of('a', 'users'));
    await nextTurn();
    expect(sending).toBe(1);
    await first;
    await Promise.all(
      Array.from({ length: 100 }, (_, count) => signals.publish(count % 2 === 0 ? of('a', 'users', 'games') : of('b', 'trips'))),
    );
    expect(sent.sort()).toEqual(['a: users', 'a: users games', 'b: trips']);
  });

  it('that are refused reject for all who wait for them, and the next one is tried again', async () => {
    let works = false;
    const signals = new ArrivalSignals(async () => {
      if (!works) throw new Error('Temporal does not answer');
    });
    const both = await Promise.allSettled([signals.publish(of('a', 'users')), signals.publish(of('a', 'games'))]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    works = true;
    await signals.publish(of('a', 'users'));
    await signals.publish([]);
  });
});
