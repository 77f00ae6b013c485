import type { FailureType } from '../../../contracts/failures.js';
import { login, type Meaning, type Product } from './meaning.js';

const text = (pattern: string) =>
  new RegExp(`^${pattern.replaceAll('#', '[\\p{L}\\p{N}_$.@%:/*?-]{1,130}').replaceAll('~', '[^\\r\\n]{0,300}')}$`, 'u');
const file = (start: string) => text(`${start}~(errno|[Ee]rrcode)[: ]~`);
const means = (type: FailureType, hint?: string, words?: RegExp): Meaning => ({
  type,
  ...(hint ? { hint } : {}),
  ...(words ? { words } : {}),
});

const noWrites =
  'the server takes no writes now: is it a replica, or in a failover? Name the primary in STRATA_MYSQL_URL, or set read_only and super_read_only off there';
const connections = 'too many connections: raise max_connections or run fewer workers';
const memory = 'the server has no memory left: give it more, or lower its buffers and max_connections';
const disk = "look at the server's disk, tmpdir and log";
const again = means('contention');
const gone = (hint?: string, words?: RegExp) => means('unavailable', hint, words);
const wrong = (hint: string, words?: RegExp) => means('misconfigured', hint, words);
const denied: Meaning = {
  type: 'denied',
  whole: true,
  hint: 'grant the rights listed in docs/reference/warehouse.md',
  words: text('(Access denied; you need ~|Access denied for user ~|~ command denied to user ~)'),
};
const wrongLogin: Meaning = {
  type: 'denied',
  whole: true,
  hint: `check user and password in ${login}. An account made with \`require ssl\` also needs ssl-mode=REQUIRED there`,
  words: text('Access denied[ ,]~'),
};
const locked = means(
  'denied',
  'the account is locked: run as an administrator: alter user ... account unlock',
  text('(Access denied for user ~ Account is locked\\.|Access denied, this account is locked)'),
);
const expired = means(
  'denied',
  "the account's password has expired: run as an administrator: alter user ... identified by ..., then change STRATA_MYSQL_URL",
  text('You(r password)? (has expired|must (SET PASSWORD|reset your password))~'),
);
const plugin = wrong(
  'the account logs in by a plugin that is not there: run as an administrator: alter user ... identified with caching_sha2_password (MariaDB: mysql_native_password)',
  text("(Client does not support ~|Plugin '#' is not loaded)"),
);
const localInfile: Meaning = {
  type: 'misconfigured',
  whole: true,
  hint: 'on the server run: set global local_infile = 1 (and put local_infile = 1 into its configuration)',
  words: text('(The used command is not allowed ~|Loading local data is disabled; ~|LOAD DATA LOCAL ~|~local_infile~|~LOCAL INFILE~)'),
};
const values = means(
  'statement',
  'a value does not fit a column of $table: where the table differs from its definition, strata doctor says so. Otherwise look at the SQL that makes the value',
);
const noTable = "the statement names a table that is not there. Of a mart's own SQL: correct its file. Otherwise run: strata migrate";
const noColumn =
  "the statement names a column that is not there. Of a mart's own SQL: correct its file. Otherwise $table differs from its definition: run strata doctor";
const noNull =
  'NULL is not allowed in that column of $table. If a mart makes it, write coalesce(...) in its file, or let the column be null where the mart may have such columns';
const differs = '$table differs from its definition: run strata doctor';
const variable = (name: string, value: string) =>
  `the server's ${name} is too small for this work: run there: set global ${name} = ${value} (and put it into its configuration)`;
const rowFormat =
  'an index is too long for the row format: on the server run: set global innodb_default_row_format = dynamic, then strata migrate';
const tooLong = (name: string) =>
  wrong(`a statement took longer than ${name} allows: set it to 0 for this account, or in the proxy between`);

/** Of all servers. */
const common: Readonly<Record<number, Meaning>> = {
  1020: again,
  1205: again,
  1213: again,
  1412: again,
  1614: again,
  1615: again,
  3058: again,
  3101: again,
  3572: again,
  1040: gone(connections, text('Too many connections')),
  1203: gone(
    "too many connections: raise the user's limit or run fewer workers",
    text("User # already has more than 'max_user_connections' active connections"),
  ),
  1226: gone(
    "too many connections or statements: raise the user's limit or run fewer workers",
    text("User '#' has exceeded the '#' resource ~"),
  ),
  1047: gone(
    'a node of a cluster is not ready for work: look at wsrep_cluster_status there',
    text('(WSREP has not yet prepared node for application use|WSREP ~|Unknown command)'),
  ),
  1053: gone(),
  1077: gone(),
  1078: gone(),
  1079: gone(),
  1317: gone('something ended the statement: a KILL QUERY, a statement timeout of a proxy or the provider'),
  1129: gone('on the server run: flush hosts', text("Host '#' is blocked because of many connection errors~")),
  1130: means(
    'denied',
    `the account may not log in from this machine: create it for this host, or check ${login}`,
    text("Host '#' is not allowed to connect to this (MySQL|MariaDB) server"),
  ),
  1184: wrong(
    'the server ends the session: its init_connect fails for this account. Correct init_connect',
    text('Aborted connection ~init_connect command failed~'),
  ),
  1223: gone('the server holds a global read lock (a backup?): it goes on when that ends'),
  1792: gone(noWrites),
  1836: gone(noWrites, text('Running in read-only mode')),
  1874: gone(noWrites),
  3032: gone('the server is in offline mode', text('The server is currently in offline mode')),
  1927: gone(),
  3168: gone(),
  3169: gone(),
  1021: gone("the server's disk is full: free space there", file('Disk full ')),
  1026: gone(disk, file('Error writing file ')),
  1024: gone(disk, file('Error reading file ')),
  1030: gone(disk, text('Got error \\d+~ from storage engine~')),
  1180: gone(disk, text('Got error \\d+~ during COMMIT')),
  1114: gone(
    "a table is full: look at the server's disk, tmpdir, tmp_table_size and innodb_temp_data_file_path",
    text("The table '#' is full"),
  ),
  1034: gone(disk, text('(Incorrect key file|Index for table)~')),
  1534: gone(disk),
  1297: gone(),
  1037: gone(memory),
  1041: gone(memory),
  1135: gone(memory, text("Can't create a new thread ~")),
  5: gone(memory),
  1038: wrong(variable('sort_buffer_size', '2097152')),
  1206: wrong(variable('innodb_buffer_pool_size', '1073741824')),
  1197: wrong(variable('max_binlog_cache_size', '4294967296')),
  1153: wrong(variable('max_allowed_packet', '67108864')),
  3100: wrong(
    `a transaction is too large for the cluster: ${variable('group_replication_transaction_size_limit', '0')}`,
    text('Error on observer while running replication hook ~'),
  ),
  3098: wrong("the cluster does not take the table: look at the server's log"),
  1665: wrong(
    "the server's binlog_format is STATEMENT: run there: set global binlog_format = 'ROW' (and put binlog_format = ROW or MIXED into its configuration)",
  ),
  1104: wrong('the server refuses large joins: set global sql_big_selects = 1 there'),
  1175: wrong('the server refuses updates without a key: set global sql_safe_updates = 0 there'),
  3024: tooLong('max_execution_time'),
  3750: wrong('set global sql_require_primary_key = 0 there'),
  1071: wrong(rowFormat),
  1709: wrong(rowFormat),
  1118: wrong(
    'a row is too long for its page: give texts of up to 63 characters a maxLength of 64 or more, divide the columns among several tables, or look at innodb_page_size',
  ),
  3159: wrong(
    `the server takes TLS only: add ?ssl-mode=REQUIRED (better: VERIFY_CA) to ${login}`,
    text('Connections using insecure transport are prohibited ~'),
  ),
  1193: wrong('Strata needs MySQL 8.4 or MariaDB 10.11 at least'),
  1235: wrong('the server can not do what Strata needs: MySQL 8.4 or MariaDB 10.11 at least'),
  1286: wrong('Strata needs the storage engine InnoDB'),
  3161: wrong('Strata needs the storage engine InnoDB'),
  1044: denied,
  1142: denied,
  1143: denied,
  1227: denied,
  1370: denied,
  1045: wrongLogin,
  1698: wrongLogin,
  1820: expired,
  1862: expired,
  3118: locked,
  1251: plugin,
  1524: plugin,
  1049: { ...wrong('run: strata migrate', text("Unknown database '#'")), whole: true },
  1146: { ...wrong(noTable, text("Table '#' doesn't exist")), whole: true },
  1051: wrong(noTable, text("Unknown table '#'")),
  1048: means('statement', noNull, text("Column '#' cannot be null")),
  1054: wrong(noColumn, text("Unknown column '#' in '[A-Za-z ]{1,40}'")),
  1136: wrong(differs, text("Column count doesn't match value count at row \\d+")),
  1364: wrong(differs, text("Field '#' doesn't have a default value")),
  1148: localInfile,
  3948: localInfile,
  3950: localInfile,
  4166: localInfile,
  1264: values,
  1265: values,
  1292: values,
  1366: values,
  1406: values,
  1411: values,
  1690: values,
  3140: values,
  3819: means('statement', 'a check constraint of $table does not hold'),
  1644: means('statement', 'a trigger or routine of the server refused it: ask who made it'),
};

/** Numbers that mean something else on another server. */
const ofProduct: Readonly<Record<Product, Readonly<Record<number, Meaning>>>> = {
  mysql: { 4031: gone('the session had no work for too long'), 4081: gone(memory), 4082: gone(memory) },
  mariadb: { 1969: tooLong('max_statement_time'), 4025: means('statement', 'a check constraint of $table does not hold'), 4151: locked },
  oceanbase: { 4012: tooLong('ob_query_timeout'), 4013: gone(memory), 4016: gone(), 4184: gone("the server's disk is full") },
};

export function byNumber(number: number, product: Product | undefined): Meaning | undefined {
  const own = product ? [ofProduct[product]] : Object.values(ofProduct);
  return own.map((table) => table[number]).find((meaning) => meaning !== undefined) ?? common[number];
}

/** Numbers of which the text says what to do. */
export function byText(number: number, message: string): Meaning | undefined {
  if (number === 1290) return byOption(message);
  const table = common[1146];
  // No definition names the engine's own tables.
  return number === 1146 && table && /gear\./.test(message) ? { ...table, hint: 'run: strata migrate' } : undefined;
}

/** A server's option is in the way: which one, its text says. */
function byOption(message: string): Meaning {
  const words = text('The (MySQL|MariaDB) server is running with the ~ option so it cannot execute this statement');
  const option = /--([a-z-]+)/.exec(message)?.[1];
  if (option === undefined || /read-only/.test(option)) return gone(noWrites, words);
  if (option === 'max-session-mem-used') return wrong(variable('max_session_mem_used', '9223372036854775807'), words);
  return wrong('start the server without that option', words);
}
