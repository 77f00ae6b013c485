import type { Connection, RowDataPacket } from 'mysql2/promise';
import { StrataError } from '../../engine/strata-error.js';
import type { Product } from './errors/meaning.js';
import { firstVariables, sessionVariables, type SessionVariable } from './session-variables.js';

interface Difference {
  readonly variable: SessionVariable;
  readonly value: string;
}

/** No question about a session takes this long, in milliseconds: then its connection is lost. */
const answerTime = 60_000;
const unknownVariable = 1193;
/** Denied, a value that it does not take, none of a session, read-only. */
const refusals: readonly unknown[] = [1227, 1231, 1232, 1228, 1229, 1238, 1621];
/** Setting one variable may change another. */
const rounds = 3;

/**
 * Gives the sessions of one warehouse the variables that Strata counts on, and reads them back: the server's configuration, its
 * `init_connect`, the account or a proxy may have given others. What the first session lacked is set at once in the next ones.
 */
export class Sessions {
  /** Those that the server has; undefined until it was asked. */
  private present: readonly SessionVariable[] | undefined;
  private isProduct: Product | undefined;
  private lacking: readonly SessionVariable[] = [];
  private readonly waived = new Set<SessionVariable>();

  /** Undefined until a session was settled. */
  get product(): Product | undefined {
    return this.isProduct;
  }

  /**
   * Sets the variables of a new session, or of a session that lost some. Throws `misconfigured` if a variable can't have the value that it
   * must have.
   */
  async settle(connection: Connection): Promise<void> {
    // init_connect may have begun a transaction: in it nothing would commit by itself. Written out, for completion_type may chain.
    await ask(connection, 'rollback and no chain no release');
    try {
      await this.bring(connection);
    } catch (error) {
      // Another server may stand at the same address now.
      if (this.present === undefined || errnoOf(error) !== unknownVariable) throw error;
      this.present = undefined;
      this.lacking = [];
      await this.bring(connection);
    }
  }

  /** Whether the session still has what it was given: a proxy may have put another one in its place. */
  async isSettled(connection: Connection): Promise<boolean> {
    return (await this.differences(connection)).length === 0;
  }

  /** Throws `misconfigured` where it has not. */
  async requireSettled(connection: Connection): Promise<void> {
    const differences = await this.differences(connection);
    if (differences.length > 0) throw notKept(differences);
  }

  private async bring(connection: Connection): Promise<void> {
    const present = (this.present ??= await this.ask(connection));
    if (this.lacking.length > 0) await this.set(connection, this.lacking);
    let differences = await this.differences(connection);
    for (let round = 1; differences.length > 0; round++) {
      if (round > rounds) throw notKept(differences);
      const more = differences.map(({ variable }) => variable);
      const refused = await this.set(connection, more);
      if (refused.length > 0) throw notAllowed(differences.filter(({ variable }) => refused.includes(variable)));
      this.lacking = present.filter((variable) => this.lacking.includes(variable) || more.includes(variable));
      differences = await this.differences(connection);
    }
  }

  /** Which of the list the server has, and what it is. */
  private async ask(connection: Connection): Promise<readonly SessionVariable[]> {
    for (const variable of firstVariables) {
      try {
        await isSet(connection, [variable]);
      } catch (error) {
        if (errnoOf(error) !== unknownVariable) throw error;
      }
    }
    const names = ['version', 'version_comment', ...sessionVariables.map(({ name }) => name)];
    const rows = await ask(connection, `show session variables where variable_name in (${names.map((name) => `'${name}'`).join(', ')})`);
    const values = new Map(
      rows.map((row) => Object.values(row).map(String) as [string, string]).map(([name, value]) => [name.toLowerCase(), value]),
    );
    this.isProduct = productOf(`${values.get('version') ?? ''} ${values.get('version_comment') ?? ''}`);
    return sessionVariables.filter(({ name }) => values.has(name));
  }

  private async differences(connection: Connection): Promise<Difference[]> {
    const wanted = (this.present ?? []).filter((variable) => !this.waived.has(variable));
    const reads = wanted.map(({ name, read }) => `ifnull(${read ?? `@@session.${name}`}, '')`);
    // One value instead of many, and a limit that sql_select_limit gives way to: this is asked often.
    const rows = await ask(connection, `select concat_ws('|', ${reads.join(', ')}) as vals limit 1`);
    const values = String(rows[0]?.['vals'] ?? '').split('|');
    return wanted.flatMap((variable, index) => (isRight(variable, values[index]) ? [] : [{ variable, value: values[index] ?? '' }]));
  }

  /** Returns what the server refuses to set. Where it refuses the lot, each is tried: its error does not say which. */
  private async set(connection: Connection, variables: readonly SessionVariable[]): Promise<SessionVariable[]> {
    if (await isSet(connection, variables)) return [];
    const refused: SessionVariable[] = [];
    for (const variable of variables) {
      if (await isSet(connection, [variable])) continue;
      if (variable.optional) this.waived.add(variable);
      else refused.push(variable);
    }
    return refused;
  }
}

async function ask(connection: Connection, sql: string): Promise<RowDataPacket[]> {
  const [rows] = await connection.query<RowDataPacket[]>({ sql, timeout: answerTime });
  return rows;
}

function productOf(version: string): Product {
  if (/mariadb/i.test(version)) return 'mariadb';
  return /oceanbase|seekdb/i.test(version) ? 'oceanbase' : 'mysql';
}

async function isSet(connection: Connection, variables: readonly SessionVariable[]): Promise<boolean> {
  try {
    await ask(connection, setStatement(variables));
    return true;
  } catch (error) {
    if (!refusals.includes(errnoOf(error))) throw error;
    return false;
  }
}

function setStatement(variables: readonly SessionVariable[]): string {
  return `set ${variables.map((variable) => `session ${variable.name} = ${variable.set ?? `'${wanted(variable)}'`}`).join(', ')}`;
}

const wanted = ({ must }: SessionVariable): string => (typeof must === 'string' ? must : (must[0] ?? ''));

function isRight({ must }: SessionVariable, value: string | undefined): boolean {
  if (value === undefined) return false;
  return (typeof must === 'string' ? [must] : must).some((right) => words(right) === words(value));
}

/** Words of a list have no order; MariaDB has ON and OFF where MySQL has 1 and 0. */
function words(value: string): string {
  const text = value.toLowerCase();
  if (text === 'on' || text === 'off') return text === 'on' ? '1' : '0';
  return text.split(',').sort().join(',');
}

/** What the variable has, and what Strata needs. The clock's value would say nothing. */
function shown({ variable, value }: Difference): string {
  return variable.read ? `${variable.name} is fixed` : `${variable.name} is '${value}', must be '${wanted(variable)}'`;
}

function notAllowed(refused: readonly Difference[]): StrataError {
  const statements = refused.map(({ variable }) => `set global ${variable.name} = ${variable.set ?? `'${wanted(variable)}'`}`);
  return new StrataError(
    'misconfigured',
    `the server does not let Strata set what its statements need: ${refused.map(shown).join('; ')}. On the server run: ${statements.join('; ')} (and put it into its configuration), or allow the login to set it`,
  );
}

function notKept(differences: readonly Difference[]): StrataError {
  return new StrataError(
    'misconfigured',
    `the session does not keep what Strata sets: ${differences.map(shown).join('; ')}. A proxy between Strata and the server drops SET statements or gives the session to others: pool by session there, or name the server itself in STRATA_MYSQL_URL`,
  );
}

const errnoOf = (error: unknown): unknown => (error as { errno?: unknown } | undefined)?.errno;
