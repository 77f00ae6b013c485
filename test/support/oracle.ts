/** What bus must hold, computed from the rows of bulk without SQL: plain loops, sets and BigInts. */

export interface BulkRows {
  readonly users: readonly { user_id: number; user_name: string; signup_date: string; country: string }[];
  readonly games: readonly { game_id: number; user_id: number; play_date: string; duration: number }[];
  readonly catalog: readonly { game_id: number; game_type: string }[];
  readonly payments: readonly { transaction_id: string; user_id: number; amount: string; transaction_date: string; type: string }[];
  readonly countryIds: ReadonlyMap<string, number>;
  readonly gameTypeIds: ReadonlyMap<string, number>;
}

/** A row as text by column, in the order of the specification; null is NULL. */
export type OracleRow = Record<string, string | null>;
export type OracleTables = Record<string, OracleRow[]>;

/** An exact sum in units of 10^-scale. */
interface Sum {
  units: bigint;
  readonly scale: 0 | 2;
}

const cents = (amount: string): bigint => {
  const [, sign, whole = '0', fraction = ''] = /^(-?)(\d+)(?:\.(\d*))?$/.exec(amount) ?? [];
  const units = BigInt(whole) * 100n + BigInt(fraction.padEnd(2, '0'));
  return sign === '-' ? -units : units;
};

function fixed(units: bigint, digits: number): string {
  const text = (units < 0n ? -units : units).toString().padStart(digits + 1, '0');
  const point = text.length - digits;
  return `${units < 0n ? '-' : ''}${text.slice(0, point)}${digits > 0 ? `.${text.slice(point)}` : ''}`;
}

/** The exact quotient, rounded once, half away from zero, to 3 decimals. */
export function middle(sum: Sum, dates: number): string {
  const numerator = (sum.units < 0n ? -sum.units : sum.units) * 1000n;
  const denominator = BigInt(dates) * 10n ** BigInt(sum.scale);
  const rounded = (2n * numerator + denominator) / (2n * denominator);
  return fixed(sum.units < 0n ? -rounded : rounded, 3);
}

class Facts {
  readonly dates = new Set<string>();
  readonly users = new Set<number>();
  readonly payers = new Set<number>();
  readonly games = new Set<number>();
  readonly types = new Set<string>();
  readonly countries = new Set<string>();
  readonly payerCountries = new Set<string>();
  signUps = 0n;
  duration = 0n;
  transactions = 0n;
  deposit = 0n;
  deposits = 0n;
  withdrawal = 0n;
  withdrawals = 0n;

  pay(type: string, amount: string): void {
    this.transactions += 1n;
    if (type === 'Deposit') {
      this.deposit += cents(amount);
      this.deposits += 1n;
    } else if (type === 'Withdrawal') {
      this.withdrawal += cents(amount);
      this.withdrawals += 1n;
    }
  }
}

type Measure = readonly [name: string, middle: string | null, sum: Sum];
const count = (name: string, middleName: string | null, n: number | bigint): Measure => [name, middleName, { units: BigInt(n), scale: 0 }];
const pay = (facts: Facts): Measure[] => [
  count('transactions', 'middle_transactions_daily', facts.transactions),
  ['deposit', 'middle_deposit_daily', { units: facts.deposit, scale: 2 }],
  count('deposits', 'middle_deposits_daily', facts.deposits),
  ['withdrawal', 'middle_withdrawal_daily', { units: facts.withdrawal, scale: 2 }],
  count('withdrawals', 'middle_withdrawals_daily', facts.withdrawals),
];
const played = (facts: Facts): Measure => count('duration', 'middle_duration_daily', facts.duration);

const daily = (measures: readonly Measure[]): OracleRow =>
  Object.fromEntries(measures.map(([name, , sum]) => [name, fixed(sum.units, sum.scale)]));
const total = (facts: Facts, measures: readonly Measure[]): OracleRow =>
  Object.fromEntries(
    measures.flatMap(([name, middleName, sum]) => [
      [name, fixed(sum.units, sum.scale)],
      ...(middleName ? [[middleName, middle(sum, facts.dates.size)]] : []),
    ]),
  );
const span = (facts: Facts): OracleRow => {
  const dates = [...facts.dates].sort();
  return { dates: String(dates.length), first_date: dates[0] ?? null, last_date: dates.at(-1) ?? null };
};

class Groups {
  private readonly groups = new Map<string, { readonly key: readonly (string | number)[]; readonly facts: Facts }>();
  at(...key: (string | number)[]): Facts {
    const name = JSON.stringify(key);
    const group = this.groups.get(name) ?? { key, facts: new Facts() };
    this.groups.set(name, group);
    return group.facts;
  }
  rows(row: (key: readonly string[], facts: Facts) => OracleRow): OracleRow[] {
    return [...this.groups.values()].map(({ key, facts }) => row(key.map(String), facts));
  }
}

export function computeBus(bulk: BulkRows): OracleTables {
  const userOf = new Map(bulk.users.map((user) => [user.user_id, user]));
  const typeOf = new Map(bulk.catalog.map((game) => [game.game_id, game.game_type]));
  const countryOf = (userId: number) => userOf.get(userId)?.country ?? 'Unknown';
  const nameOf = (userId: string) => userOf.get(Number(userId))?.user_name ?? null;
  const countryId = (country: string) => String(bulk.countryIds.get(country));
  const typeId = (type: string) => String(bulk.gameTypeIds.get(type));
  const of = () => ({ daily: new Groups(), total: new Groups() });
  const [users, countries, games, types, payments] = [of(), of(), of(), of(), of()];
  for (const play of bulk.games) {
    const { play_date: date, game_id: game, user_id: user } = play;
    const type = typeOf.get(game) ?? '?';
    const country = countryOf(user);
    const groups = [
      users.daily.at(date, user),
      users.total.at(user),
      countries.daily.at(date, country),
      countries.total.at(country),
      games.daily.at(date, game),
      games.total.at(game),
      types.daily.at(date, type),
      types.total.at(type),
    ];
    for (const facts of groups) {
      facts.dates.add(date);
      facts.users.add(user);
      facts.games.add(game);
      facts.types.add(type);
      facts.countries.add(country);
      facts.duration += BigInt(play.duration);
    }
  }
  for (const payment of bulk.payments) {
    const { transaction_date: date, user_id: user, type } = payment;
    const country = countryOf(user);
    const groups = [
      users.daily.at(date, user),
      users.total.at(user),
      countries.daily.at(date, country),
      countries.total.at(country),
      payments.daily.at(date, type),
      payments.total.at(type),
    ];
    for (const facts of groups) {
      facts.dates.add(date);
      facts.payers.add(user);
      facts.payerCountries.add(country);
      facts.pay(type, payment.amount);
    }
  }
  for (const user of bulk.users) {
    for (const facts of [countries.daily.at(user.signup_date, user.country), countries.total.at(user.country)]) {
      facts.dates.add(user.signup_date);
      facts.signUps += 1n;
    }
  }
  const gamesOf = (f: Facts) => count('active_games', 'middle_games_daily', f.games.size);
  const usersOf = (f: Facts) => count('active_users', 'middle_users_daily', f.users.size);
  const countriesOf = (f: Facts) => count('active_countries', 'middle_active_countries', f.countries.size);
  const ofUser = (f: Facts) => [gamesOf(f), count('active_game_types', 'middle_game_types_daily', f.types.size), ...pay(f), played(f)];
  const ofCountry = (f: Facts) => [usersOf(f), gamesOf(f), count('sign_ups', 'middle_sign_ups_daily', f.signUps), ...pay(f), played(f)];
  const ofGame = (f: Facts) => [usersOf(f), countriesOf(f), played(f)];
  const ofPayment = (f: Facts) => [
    count('active_users', 'middle_users_daily', f.payers.size),
    count('active_countries', 'middle_active_countries', f.payerCountries.size),
    ...pay(f),
  ];
  return {
    daily_users: users.daily.rows(([date = '', id = ''], f) => ({ date, user_id: id, user: nameOf(id), ...daily(ofUser(f)) })),
    total_users: users.total.rows(([id = ''], f) => ({ user_id: id, user: nameOf(id), ...span(f), ...total(f, ofUser(f)) })),
    daily_countries: countries.daily.rows(([date = '', country = ''], f) => ({
      date,
      country_id: countryId(country),
      country,
      ...daily(ofCountry(f)),
    })),
    total_countries: countries.total.rows(([country = ''], f) => ({
      country_id: countryId(country),
      country,
      ...span(f),
      ...total(f, ofCountry(f)),
    })),
    daily_games: games.daily.rows(([date = '', id = ''], f) => ({
      date,
      game_id: id,
      game_type: typeOf.get(Number(id)) ?? null,
      ...daily(ofGame(f)),
    })),
    total_games: games.total.rows(([id = ''], f) => ({
      game_id: id,
      game_type: typeOf.get(Number(id)) ?? null,
      ...span(f),
      ...total(f, ofGame(f)),
    })),
    daily_game_types: types.daily.rows(([date = '', type = ''], f) => ({
      date,
      game_type_id: typeId(type),
      game_type: type,
      ...daily([gamesOf(f), ...ofGame(f)]),
    })),
    total_game_types: types.total.rows(([type = ''], f) => ({
      game_type_id: typeId(type),
      game_type: type,
      games: String(f.games.size),
      ...span(f),
      ...total(f, ofGame(f)),
    })),
    daily_payments: payments.daily.rows(([date = '', type = ''], f) => ({ date, type, ...daily(ofPayment(f)) })),
    total_payments: payments.total.rows(([type = ''], f) => ({ type, ...span(f), ...total(f, ofPayment(f)) })),
  };
}
