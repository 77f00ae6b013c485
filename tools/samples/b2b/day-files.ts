import { between, pick, type Random, random } from '../random.js';
import {
  type B2bFile,
  companyId,
  companyName,
  createdAt,
  customerId,
  numbered,
  price,
  productId,
  type Sizes,
  withOthers,
} from './values.js';
import { oddVisits, visitLine } from './visits.js';

/** Rows that the contract refuses: they go to the quarantine, the others go on. */
const refused = {
  leads: [
    '90001,1,10,12,true,,1,1,2020-06-22T08:15:00Z',
    '90002,1,10,12,false,90001,1,1,2020-06-22T08:15:00Z',
    '90003,1,10,12,maybe,,1,1,2020-06-22T08:15:00Z',
    '-1,1,10,12,false,,1,1,2020-06-22T08:15:00Z',
    '90004,1,10,,false,,1,1,2020-06-22T08:15Z',
  ],
  orders: [
    '1,10,12,,1,1,1,2020-06-22T08:15:00Z',
    '1,10,abc,90001,1,1,1,2020-06-22T08:15:00Z',
    '1,10,12,90002,1,1,0,2020-06-22T08:15:00Z',
    '1,10,12,90003,1,1,1,2020-06-31T08:15:00Z',
    '1,10,12,9223372036854775808,1,1,1,2020-06-22T08:15:00Z',
  ],
  companies: ['1,Say "Acme"', '2'],
};

/** The files of a day. Every third day has companies, and every seventh a file of leads with nothing in it. */
export function* dayFiles(day: Date, sizes: Sizes, seed: number): Generator<B2bFile> {
  const number = Math.round(day.getTime() / 86_400_000);
  const folder = `data/raw/${day.toISOString().slice(0, 10)}`;
  const nextOf = (file: number) => random(seed * 104_729 + number * 4 + file);
  const ids = { first: 100_000 + (number % 20_000) * sizes.leads * 4, sizes };
  yield { key: `${folder}/leadcsv.csv`, rows: number % 7 === 0 ? [] : withOthers(leads(nextOf(0), day, ids), refused.leads) };
  yield { key: `${folder}/companycsv.csv`, rows: withOthers(orders(nextOf(1), day, ids), refused.orders) };
  if (number % 3 === 0) {
    yield { key: `${folder}/companies.csv`, rows: withOthers(companies(nextOf(2), folder, sizes), refused.companies) };
  }
  const { kept, refused: bad } = oddVisits(day);
  const next = nextOf(3);
  const visits = numbered(sizes.visits, () => visitLine(next, day, sizes.customers));
  yield { key: `${folder}/weblogs.log`, rows: withOthers(visits, [...kept, ...bad.map(([line]) => line)]), encoding: 'latin1' };
}

interface Ids {
  /** The first id of the day. */
  readonly first: number;
  readonly sizes: Sizes;
}

/** One order in five is an older one that comes again: of the initial load, of a day before or of this day. */
function orderId(next: Random, id: number, { first, sizes }: Ids): number {
  const draw = next();
  if (draw < 0.1) return between(next, 1, sizes.orders);
  return draw < 0.2 ? first + id - between(next, 1, sizes.leads * 6) : first + id;
}

function leads(next: Random, day: Date, ids: Ids): Generator<string> {
  const { first, sizes } = ids;
  return numbered(sizes.leads, (id) => {
    const isSale = next() < 0.4;
    const leadId = next() < 0.1 ? first + id - between(next, 1, sizes.leads) : first + id;
    const offer = `${productId(next, sizes)},${price(next)},${price(next)}`;
    const sale = isSale ? `${pick(next, ['true', 'T', '1'])},${orderId(next, id, ids)}` : `${pick(next, ['false', 'f', '0'])},`;
    return `${leadId},${offer},${sale},${customerId(next, sizes)},${companyId(next, sizes)},${createdAt(next, day)}`;
  });
}

function orders(next: Random, day: Date, ids: Ids): Generator<string> {
  const { sizes } = ids;
  return numbered(sizes.leads, (id) => {
    const offer = `${productId(next, sizes)},${price(next)},${price(next)}`;
    const of = `${orderId(next, sizes.leads + id, ids)},${customerId(next, sizes)}`;
    return `${offer},${of},${companyId(next, sizes)},${companyId(next, sizes)},${createdAt(next, day)}`;
  });
}

/** Companies with another name, some of them new. */
function companies(next: Random, folder: string, sizes: Sizes): Generator<string> {
  return numbered(Math.ceil(sizes.companies / 5), () => {
    const id = between(next, 1, Math.ceil(sizes.companies * 1.1));
    return `${id},${id % 8 === 0 ? companyName(id) : `Company ${id} of ${folder.slice(-10)}`}`;
  });
}
