import type { FailureType } from '../../../contracts/failures.js';

/** What is known of the server: numbers from 1900 on differ. */
export type Product = 'mariadb' | 'mysql' | 'oceanbase';

export interface ServerError {
  readonly number: number;
  /** Five characters; empty where the server or the driver gave none. */
  readonly state: string;
  readonly message: string;
  /** The driver's name, which is MySQL's. */
  readonly name: string;
  readonly product: Product | undefined;
}

export interface Meaning {
  readonly type: FailureType;
  /** The whole of a text that holds names only, never values of rows. Another text under the same number is not shown: a trigger can forge it. */
  readonly words?: RegExp;
  /** That text says all: which statement it was would tell nothing more. */
  readonly whole?: boolean;
  /** What to do next. `$table` stands for the statement's table. */
  readonly hint?: string;
}

export const login = 'STRATA_MYSQL_URL (of strata migrate: STRATA_MYSQL_ADMIN_URL)';
