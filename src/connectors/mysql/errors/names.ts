import type { ServerError } from './meaning.js';

/** Of MariaDB, where MySQL has other names for the numbers. */
const ofMariadb: Readonly<Record<number, string>> = {
  1927: 'ER_CONNECTION_KILLED',
  1931: 'ER_QUERY_EXCEEDED_ROWS_EXAMINED_LIMIT',
  1969: 'ER_STATEMENT_TIMEOUT',
  4025: 'ER_CONSTRAINT_FAILED',
  4031: 'ER_REFERENCED_TRG_DOES_NOT_EXIST',
  4078: 'ER_ILLEGAL_PARAMETER_DATA_TYPES2_FOR_OPERATION',
  4151: 'ER_ACCOUNT_HAS_BEEN_LOCKED',
  4166: 'ER_LOAD_INFILE_CAPABILITY_DISABLED',
};

/** The name and number that the server's manual has; the number alone where the driver knows another server's names only. */
export function nameOf({ number, name, product }: ServerError): string {
  const known = number >= 4000 || (number >= 1900 && number < 2000) ? ownName(number, name, product) : name;
  return /^(ER|EE|HA|CR)_/.test(known ?? '') ? `${known ?? ''} (${number})` : `error ${number}`;
}

function ownName(number: number, name: string, product: ServerError['product']): string | undefined {
  if (product === 'mysql') return name;
  return product === 'mariadb' ? ofMariadb[number] : undefined;
}
