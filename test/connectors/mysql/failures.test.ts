import { describe, expect, it } from '@jest/globals';
import type { Product } from '../../../src/connectors/mysql/errors/meaning.js';
import { warehouseFailure } from '../../../src/connectors/mysql/failures.js';

type Row = readonly [number: number, state: string, message: string, type: string, said: RegExp, product?: Product];

const failure = ([number, state, message, , , product]: Row, doing = 'insert into bulk.users') =>
  warehouseFailure(
    { code: product === 'mysql' || number < 1900 ? `ER_NAME_${number}` : 'ER_OF_MYSQL', errno: number, sqlState: state, message },
    doing,
    product,
  );

const rows: readonly Row[] = [
  // The server's operating system, in all its numbers.
  [1026, 'HY000', "Error writing file 'binlog' (errno: 28)", 'unavailable', /Error writing file 'binlog'.*disk is full/],
  [1026, 'HY000', `Error writing file './a/b.MAD' (errno: 28 "No space left on device")`, 'unavailable', /No space left.*disk is full/],
  [3, 'HY000', "Error writing file '/tmp/ML1' (OS errno 28 - No space left on device)", 'unavailable', /disk is full/],
  [3, 'HY000', `Error writing file '/tmp/x' (Errcode: 28 "No space left on device")`, 'unavailable', /disk is full/],
  [20, 'HY000', "Disk is full writing './binlog.1' (Errcode: 28). Waiting for someone to free space...", 'unavailable', /disk is full/],
  [1021, 'HY000', 'Disk full (/tmp/#sql); waiting for someone to free some space... (errno: 28)', 'unavailable', /disk is full/],
  [1030, 'HY000', 'Got error 28 from storage engine', 'unavailable', /Got error 28 from storage engine.*disk is full/],
  [1030, 'HY000', "Got error 28 - 'No space left on device' from storage engine", 'unavailable', /disk is full/],
  [1030, 'HY000', 'Got error 122 from storage engine', 'unavailable', /log/],
  [1005, 'HY000', 'Can\'t create table `a`.`b` (errno: 28 "No space left on device")', 'unavailable', /disk is full/],
  [1004, 'HY000', "Can't create file './a' (errno: 24 - Too many open files)", 'unavailable', /open_files_limit/],
  [1026, 'HY000', 'Error writing file (errno: 122 "Disk quota exceeded")', 'unavailable', /quota/],
  [1180, 'HY000', 'Got error 5 during COMMIT', 'unavailable', /Got error 5 during COMMIT/],
  [1180, 'HY000', 'Got error 149 "Lock deadlock; Retry transaction" during COMMIT', 'contention', /1180|COMMIT/],
  [1180, 'HY000', 'Got error 90 "Message too long" during COMMIT', 'misconfigured', /wsrep_max_ws_size/],
  [1114, 'HY000', "The table '/tmp/#sql-1' is full", 'unavailable', /tmpdir/],
  [1037, 'HY001', 'Out of memory; restart server and try again (needed 65536 bytes)', 'unavailable', /memory/],
  [1041, 'HY000', 'Out of memory.', 'unavailable', /memory/],
  [5, 'HY000', 'Out of memory (Needed 8 bytes)', 'unavailable', /memory/],
  [1135, 'HY000', "Can't create a new thread (errno 11); if you are not out of available memory ...", 'unavailable', /memory/],
  [1038, 'HY001', 'Out of sort memory, consider increasing server sort buffer size', 'misconfigured', /sort_buffer_size/],
  // Connections, proxies, clusters.
  [1047, '08S01', 'WSREP has not yet prepared node for application use', 'unavailable', /WSREP has not yet prepared node/],
  [1159, '08S01', 'Got timeout reading communication packets', 'unavailable', /1159/],
  [7777, '08S01', 'whatever', 'unavailable', /7777/],
  [2003, 'HY000', "Can't connect to remote MySQL server for client connected to '0.0.0.0:6446'", 'unavailable', /0\.0\.0\.0:6446.*proxy/],
  [2013, 'HY000', 'Lost connection to backend server', 'unavailable', /Lost connection.*proxy/],
  [9001, 'HY000', 'Max connect timeout reached while reaching hostgroup 1 after 10000ms', 'unavailable', /hostgroup 1 after.*proxy/],
  [
    9006,
    'Y0000',
    'ProxySQL Error: connection is locked to hostgroup 1 but trying to reach hostgroup 2',
    'unavailable',
    /locked to hostgroup/,
  ],
  [9501, 'HY000', 'Timed-out waiting to acquire database connection', 'unavailable', /Timed-out/],
  [
    3100,
    'HY000',
    "Error on observer while running replication hook 'before_commit'.",
    'misconfigured',
    /group_replication_transaction_size_limit/,
  ],
  [3101, '40000', 'Plugin instructed the server to rollback the current transaction.', 'contention', /3101/],
  [4012, 'HY000', 'Timeout, query has reached the maximum query timeout: 10000000(us)', 'misconfigured', /ob_query_timeout/, 'oceanbase'],
  // No writes now, or never as the server is set up.
  [
    1290,
    'HY000',
    'The MySQL server is running with the --super-read-only option so it cannot execute this statement',
    'unavailable',
    /--super-read-only.*primary/,
  ],
  [
    1290,
    'HY000',
    'The MariaDB server is running with the --read-only option so it cannot execute this statement',
    'unavailable',
    /primary/,
  ],
  [
    1290,
    'HY000',
    'The MariaDB server is running with the --max-session-mem-used=8192 option so it cannot execute this statement',
    'misconfigured',
    /set global max_session_mem_used/,
  ],
  [
    1290,
    'HY000',
    'The MySQL server is running with the --secure-file-priv option so it cannot execute this statement',
    'misconfigured',
    /without that option/,
  ],
  [1792, '25006', 'Cannot execute statement in a READ ONLY transaction.', 'unavailable', /primary/],
  [1836, 'HY000', 'Running in read-only mode', 'unavailable', /primary/],
  [1223, 'HY000', "Can't execute the query because you have a conflicting read lock", 'unavailable', /backup/],
  [
    1665,
    'HY000',
    'Cannot execute statement: impossible to write to binary log since BINLOG_FORMAT = STATEMENT',
    'misconfigured',
    /binlog_format.*ROW or MIXED/,
  ],
  [
    1197,
    'HY000',
    "Multi-statement transaction required more than 'max_binlog_cache_size' bytes of storage",
    'misconfigured',
    /max_binlog_cache_size/,
  ],
  [1104, '42000', 'The SELECT would examine more than MAX_JOIN_SIZE rows', 'misconfigured', /sql_big_selects/],
  [
    3024,
    'HY000',
    'Query execution was interrupted, maximum statement execution time exceeded',
    'misconfigured',
    /max_execution_time/,
    'mysql',
  ],
  [
    1969,
    '70100',
    'Query execution was interrupted (max_statement_time exceeded)',
    'misconfigured',
    /ER_STATEMENT_TIMEOUT \(1969\).*max_statement_time/,
    'mariadb',
  ],
  [1317, '70100', 'Query execution was interrupted', 'unavailable', /1317/],
  [1709, 'HY000', 'Index column size too large. The maximum column size is 767 bytes.', 'misconfigured', /innodb_default_row_format/],
  // Logins.
  [
    3159,
    'HY000',
    'Connections using insecure transport are prohibited while --require_secure_transport=ON.',
    'misconfigured',
    /\?ssl-mode=REQUIRED/,
  ],
  [1045, '28000', "Access denied for user 'a'@'h' (using password: YES)", 'denied', /using password: YES.*ssl-mode=REQUIRED/],
  [
    1862,
    'HY000',
    'Your password has expired. To log in you must change it using a client that supports expired passwords.',
    'denied',
    /alter user/,
  ],
  [1820, 'HY000', 'You must SET PASSWORD before executing this statement', 'denied', /alter user/],
  [3118, 'HY000', "Access denied for user 'a'@'h'. Account is locked.", 'denied', /account unlock/],
  [4151, 'HY000', 'Access denied, this account is locked', 'denied', /Access denied, this account is locked.*account unlock/, 'mariadb'],
  [
    1251,
    '08004',
    'Client does not support authentication protocol requested by server; consider upgrading MySQL client',
    'misconfigured',
    /alter user/,
  ],
  [1524, 'HY000', "Plugin 'mysql_native_password' is not loaded", 'misconfigured', /mysql_native_password/],
  [1130, 'HY000', "Host '10.0.0.7' is not allowed to connect to this MySQL server", 'denied', /10\.0\.0\.7.*create it for this host/],
  [9999, '28000', 'secret', 'denied', /9999/],
  // Values: a name, never the value.
  [1406, '22001', "Data too long for column 'user_name' at row 3", 'statement', /for column user_name\. .*bulk\.users.*strata doctor/],
  [1366, 'HY000', "Incorrect integer value: 'secret' for column `a`.`b`.`amount` at row 1", 'statement', /for column a\.b\.amount\. /],
  [1292, '22007', "Incorrect datetime value: 'secret' for column 'secret' of 'x' at row 1'", 'statement', /strata doctor/],
  [1062, '23000', "Duplicate entry 'secret' for key 'PRIMARY'", 'statement', /1062/],
  [8123, '22023', 'secret', 'statement', /8123/],
  [4025, '23000', 'CONSTRAINT `c` failed for `a`.`t`', 'statement', /ER_CONSTRAINT_FAILED \(4025\)/, 'mariadb'],
  [1644, '45000', 'secret', 'statement', /trigger/],
  [1643, '45001', 'secret', 'statement', /trigger/],
  [1054, '42S22', "Unknown column 'nam' in 'SELECT'", 'misconfigured', /Unknown column 'nam' in 'SELECT'.*correct its file.*strata doctor/],
  [1054, '42S22', 'the card of secret is 4111', 'misconfigured', /correct its file/],
  [1146, '42S02', "the card 'secret'", 'misconfigured', /strata migrate/],
  [1064, '42000', "You have an error in your SQL syntax near 'secret'", 'statement', /correct its file/],
  // Nobody knows.
  [6789, 'HY000', 'card secret 4111', 'unexpected', /does not know, error 6789, SQLSTATE HY000/, 'mariadb'],
  [1105, 'HY000', 'secret', 'unexpected', /does not know, ER_NAME_1105 \(1105\)/],
];

describe('errors of servers and proxies', () => {
  it.each(rows)('%i %s %s: %s', (...row) => {
    const [number, , , type, said] = row;
    const { message } = failure(row);
    expect(failure(row)).toMatchObject({ type, message: expect.stringMatching(said) });
    expect(message).not.toMatch(/secret|4111|undefined|\$table/);
    expect(message).toContain(String(number));
  });

  it('shows the words of an unknown one where no row takes part, without what is quoted', () => {
    const row: Row = [6789, 'HY000', "Disk 'secret' of it's cluster is gone", 'unexpected', /./];
    expect(failure(row, 'commit').message).toMatch(/SQLSTATE HY000: Disk \?s cluster is gone$/);
    expect(failure(row, 'commit').message).not.toContain('secret');
  });

  it('names no error of another server', () => {
    expect(failure([4078, 'HY000', 'x', '', /./, 'mariadb'], 'commit').message).toContain(
      'ER_ILLEGAL_PARAMETER_DATA_TYPES2_FOR_OPERATION (4078)',
    );
    expect(failure([4099, 'HY000', 'x', '', /./, 'mariadb'], 'commit').message).toContain('error 4099');
    expect(failure([1950, 'HY000', 'x', '', /./], 'commit').message).toContain('error 1950');
  });

  it('tells a way to log in that the driver lacks from a server that is away', () => {
    const unknown = {
      code: 'AUTH_SWITCH_PLUGIN_ERROR',
      fatal: true,
      message: 'Server requests authentication using unknown plugin gssapi.',
    };
    expect(warehouseFailure(unknown, 'the warehouse at db:1')).toMatchObject({
      type: 'misconfigured',
      message: expect.stringMatching(/caching_sha2_password/),
    });
    expect(warehouseFailure({ code: 'ECONNREFUSED', errno: -111, fatal: true }, 'x')).toMatchObject({ type: 'unavailable' });
    expect(warehouseFailure({ code: 'PROTOCOL_CONNECTION_LOST', fatal: true }, 'x')).toMatchObject({ type: 'unavailable' });
  });
});
