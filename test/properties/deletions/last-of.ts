import type { Drop } from '../../support/vault-warehouse.js';

export interface Delivery extends Drop {
  readonly place: number;
}

interface Item {
  readonly item_id: number;
  readonly name: string | null;
  readonly group_id: number | null;
  readonly kind: string;
}

interface Pieces {
  readonly region: string;
  readonly sku: number;
  readonly pieces: number | null;
}

const number = (text = '') => (text === '' ? null : Number(text));

/** What is there after all deliveries, taken one by one in their order: each says its rows, what it deletes, and nothing else. */
export function lastOf(list: readonly Delivery[]): { readonly items: readonly Item[]; readonly stock: readonly Pieces[] } {
  const items = new Map<string, Item>();
  const stock = new Map<string, Pieces>();
  for (const { feed, rows, quarantined = 0 } of [...list].sort((a, b) => a.place - b.place)) {
    const region = { eu_stock: 'EU', us_stock: 'US' }[feed];
    if (feed === 'all_items' && quarantined === 0) items.clear();
    if (region !== undefined && quarantined === 0) for (const [key, row] of stock) if (row.region === region) stock.delete(key);
    for (const [first = '', second = '', third = '', kind = '', op = ''] of rows) {
      if (region !== undefined) stock.set(`${region} ${second}`, { region, sku: Number(second), pieces: number(third) });
      else if (op === 'D' || op === 'X') items.delete(first);
      else items.set(first, { item_id: Number(first), name: second === '' ? null : second, group_id: number(third), kind });
    }
  }
  const byKey = <Row>(rows: ReadonlyMap<string, Row>) => [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  return { items: byKey(items), stock: byKey(stock) };
}
