import { describe, expect, it } from '@jest/globals';
import { deliveryOrder, replayedOrder } from '../../src/activities/object-identity.js';
import type { ObjectVersion } from '../../src/engine/object-store.js';

const object = (key: string, lastModified: string): ObjectVersion => ({ key, lastModified, etag: 'e', size: 1 }) as ObjectVersion;
const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}.250000Z`;

describe('the order of deliveries', () => {
  it('is by time, then by key', () => {
    const orders = [object('b.csv', at(1)), object('a.csv', at(2)), object('b.csv', at(2))].map(deliveryOrder);
    expect([...orders].reverse().sort(Buffer.compare)).toEqual(orders);
  });

  it.each([5, 1_000, 1_015, 1_016, 1_017, 1_019, 1_023, 1_024])('has replays, and replays of those, right behind a delivery whose key has %i bytes', (bytes) => {
    const delivered = deliveryOrder(object('k'.repeat(bytes), at(1)));
    const replayed = replayedOrder(delivered, object('quarantine/1/k.csv', at(30)));
    const again = replayedOrder(replayed, object('quarantine/2/k.csv', at(40)));
    const last = replayedOrder(again, object('quarantine/3/k.csv', at(50)));
    const orders = [delivered, replayed, again, last, deliveryOrder(object('a.csv', at(2)))];
    expect([...orders].reverse().sort(Buffer.compare)).toEqual(orders);
    expect(Math.max(...orders.map(({ length }) => length))).toBeLessThanOrEqual(1_040);
  });
});
