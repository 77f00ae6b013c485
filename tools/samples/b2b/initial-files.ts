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
  twoDigits,
  withOthers,
} from './values.js';

const cities: readonly [string, ...string[]] = ['Madrid', 'Köln', '"New York, NY"', "L'Aquila", 'São Paulo', 'Tōkyō', ''];
const countries: readonly [string, ...string[]] = ['ESP', 'DEU', 'USA', 'ITA', 'BRA', 'JPN', 'gbr'];
const currencies: readonly [string, ...string[]] = ['EUR', 'USD', 'GBP', 'JPY', 'brl'];

/** Rows that the contract refuses, as real files have them: they go to the quarantine, the others go on. */
const refused = {
  companies: ['x,Bad Company', ',No Key', '0,Zero', '17'],
  customers: [
    '9001,Ann Lee,2001-02-29,ann,a@example.com,Rome,ITA',
    '9002,Bo,1990-1-5,bo,b@example.com,Rome,ITA',
    '9003,Cy,1990-01-05,cy,c@example.com,Rome,ZZZ',
    `9004,Di,1990-01-05,di,${'d'.repeat(2_049)},Rome,ITA`,
  ],
  products: ['9001,Lamp,1.23456,EUR,1', '9002,Lamp,1,EURO,1', '9003,Lamp,"1,5",EUR,1', '9004,Lamp,1,EUR,'],
  orders: ['9001,1,1,10,yes,-1,1,2020-01-01T00:00:00Z', '9002,1,1,10,true,0,1,2020-01-01T00:00:00Z', '9003,1,1,10,true,-1,1,2020-01-01'],
};

const lastDay = new Date('2020-05-15T00:00:00Z');

/** What was there before the first day: one file begins with a byte order mark, one has lines that end with CR LF. */
export function* initialFiles(sizes: Sizes, seed: number): Generator<B2bFile> {
  const file = (name: keyof typeof refused, count: number, row: (next: Random, id: number) => string): B2bFile => {
    const next = random(seed * 7919 + Object.keys(refused).indexOf(name));
    const rows = numbered(count, (id) => row(next, id));
    return { key: `data/init/${name}.csv`, rows: withOthers(rows, refused[name]) };
  };
  yield file('companies', sizes.companies, (_next, id) => `${id},${companyName(id)}\r`);
  yield file('customers', sizes.customers, (next, id) => {
    const born = `${between(next, 1940, 2002)}-${twoDigits(between(next, 1, 12))}-${twoDigits(between(next, 1, 28))}`;
    const contact = `user${id},user${id}@example.com`;
    return `${id === 1 ? '\ufeff' : ''}${id},Customer ${id},${born},${contact},${pick(next, cities)},${pick(next, countries)}`;
  });
  yield file('products', sizes.products, (next, id) => {
    const name = id % 10 === 0 ? '' : `Product ${id}`;
    return `${id},${name},${price(next)},${pick(next, currencies)},${companyId(next, sizes)}`;
  });
  yield file('orders', sizes.orders, (next, id) => {
    const lead = next() < 0.3 ? between(next, 1, sizes.orders) : -1;
    const of = `${productId(next, sizes)},${customerId(next, sizes)},${price(next)}`;
    return `${id},${of},${pick(next, ['true', 'F', '1', '0'])},${lead},${companyId(next, sizes)},${createdAt(next, lastDay)}`;
  });
}
