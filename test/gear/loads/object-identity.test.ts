import { describe, expect, it } from '@jest/globals';
import { deliveryOrder, deliveryOrderAt, replayedOrder, sqlDatetime } from '../../../src/gear/loads/object-identity.js';
import type { ObjectVersion } from '../../../src/engine/object-store.js';

const object = (key: string, lastModified: string): ObjectVersion => ({ key, lastModified, etag: 'e', size: 1 }) as ObjectVersion;
const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}.250000Z`;

describe('the order of deliveries', () => {
  it('is by time, then by key', () => {
    const orders = [object('b.csv', at(1)), object('a.csv', at(2)), object('b.csv', at(2))].map(deliveryOrder);
    expect([...orders].reverse().sort(Buffer.compare)).toEqual(orders);
  });

  it.each([5, 1_000, 1_015, 1_016, 1_017, 1_019, 1_023, 1_024])(
    'has replays, and replays of those, right behind a delivery whose key has %i bytes',
    (bytes) => {
      const delivered = deliveryOrder(object('k'.repeat(bytes), at(1)));
      const replayed = replayedOrder(delivered, object('quarantine/1/k.csv', at(30)));
      const again = replayedOrder(replayed, object('quarantine/2/k.csv', at(40)));
      const last = replayedOrder(again, object('quarantine/3/k.csv', at(50)));
      const orders = [delivered, replayed, again, last, deliveryOrder(object('a.csv', at(2)))];
      expect([...orders].reverse().sort(Buffer.compare)).toEqual(orders);
      expect(Math.max(...orders.map(({ length }) => length))).toBeLessThanOrEqual(1_044);
    },
  );

  it('counts an object of the future as delivered when it is claimed', () => {
    const now = '2026-01-01 00:00:10.000000';
    const orders = [
      deliveryOrderAt(now, object('past.csv', at(1))),
      // As far ahead as clocks differ.
      deliveryOrderAt(now, object('near.csv', '2026-01-01T00:04:00Z')),
    ];
    expect(orders).toEqual([deliveryOrder(object('past.csv', at(1))), deliveryOrder(object('near.csv', '2026-01-01T00:04:00Z'))]);
    const future = [
      deliveryOrderAt(now, object('b.csv', '2040-01-01T00:00:00Z')),
      deliveryOrderAt(now, object('a.csv', '9999-12-31T23:59:59.999999Z')),
    ];
    const sorted = [orders[0]!, ...future, deliveryOrderAt('2026-01-01 00:00:20.000000', object('next.csv', at(20)))];
    expect([...sorted].reverse().sort(Buffer.compare)).toEqual(sorted);
  });

  it('is by the date of a file first', () => {
    const now = '2026-01-01 00:00:10.000000';
    const orders = [
      deliveryOrderAt(now, object('late.csv', at(9)), '1000-01-01'),
      deliveryOrderAt(now, object('b.csv', at(5)), '2020-09-30'),
      deliveryOrderAt(now, object('a.csv', '2040-01-01T00:00:00Z'), '2020-10-01'),
      deliveryOrderAt(now, object('a.csv', at(1)), '2020-10-02'),
      deliveryOrderAt(now, object('a.csv', at(2)), '2020-10-02'),
      deliveryOrderAt(now, object('a.csv', at(1)), '9999-12-31'),
    ];
    expect([...orders].reverse().sort(Buffer.compare)).toEqual(orders);
    const replayed = replayedOrder(
      deliveryOrderAt(now, object('k'.repeat(1_024), '2040-01-01T00:00:00Z'), '2020-10-01'),
      object('k', at(30)),
    );
    expect(Buffer.compare(orders[1]!, replayed)).toBe(-1);
    expect(Buffer.compare(replayed, orders[3]!)).toBe(-1);
    expect(replayed.length).toBeLessThanOrEqual(1_044);
  });

  it.each([1, 1_000, 1_016, 1_017, 1_024])('has replays of an object of the future with a key of %i bytes right behind it', (bytes) => {
    const delivered = deliveryOrderAt('2026-01-01 00:00:10.000000', object('k'.repeat(bytes), '2040-01-01T00:00:00Z'));
    const replayed = replayedOrder(delivered, object('quarantine/1/k.csv', at(30)));
    const orders = [delivered, replayed, deliveryOrder(object('a.csv', at(20)))];
    expect([...orders].reverse().sort(Buffer.compare)).toEqual(orders);
    expect(replayed.length).toBeLessThanOrEqual(1_044);
  });
});

describe('the time of an object as a datetime', () => {
  it.each([
    ['2026-01-01T00:00:01.250000Z', '2026-01-01 00:00:01.250000'],
    ['2026-01-01T00:00:01Z', '2026-01-01 00:00:01.000000'],
    ['1969-12-31T23:59:59.999999Z', '1969-12-31 23:59:59.999999'],
    ['0001-01-01T00:00:00Z', '0001-01-01 00:00:00.000000'],
    ['0000-06-01T00:00:00Z', '0001-01-01 00:00:00.000000'],
    ['-000044-03-15T00:00:00Z', '0001-01-01 00:00:00.000000'],
    ['9999-12-31T23:59:59.999999Z', '9999-12-31 23:59:59.999999'],
    ['+032130-01-01T00:00:00.000Z', '9999-12-31 23:59:59.999999'],
    ['no time', '1970-01-01 00:00:00.000000'],
  ])('%s is %s', (iso, datetime) => {
    expect(sqlDatetime(iso)).toBe(datetime);
  });
});
