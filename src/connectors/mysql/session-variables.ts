/** A variable of the session, and the value that Strata's statements count on. */
export interface SessionVariable {
  readonly name: string;
  /** As it is read back. Several where each will do: the first one is set. Lists of words (sql_mode) are in no order. */
  readonly must: string | readonly string[];
  /** SQL of the value to set, where it is not the text of `must`. */
  readonly set?: string;
  /** SQL that reads it, where that is not the variable. */
  readonly read?: string;
  /** Work goes on without it where the login may not set it: `check-server.ts` says what follows. */
  readonly optional?: true;
}

const unlimited = '18446744073709551615';
/** Long enough for any statement, in microseconds: 30 days. OceanBase takes no value for "no limit". */
const forever = String(30 * 24 * 3600 * 1_000_000);
const on = { must: '1', set: '1' } as const;
const off = { must: '0', set: '0' } as const;
const number = (value: string) => ({ must: value, set: value });

/**
 * Set before anything is asked for: they cut or refuse the very questions. Of these a server may lack some.
 * Setting max_join_size sets sql_big_selects too, so it comes first.
 */
export const firstVariables: readonly SessionVariable[] = [
  { name: 'tmp_disk_table_size', ...number(unlimited) },
  { name: 'max_session_mem_used', ...number('9223372036854775807') },
  { name: 'sql_select_limit', ...number(unlimited) },
  { name: 'max_join_size', ...number(unlimited) },
  { name: 'sql_big_selects', ...on },
  { name: 'max_statement_time', must: '0.000000', set: '0' },
  { name: 'max_execution_time', ...off },
  { name: 'ob_query_timeout', ...number(forever) },
];

/**
 * Everything of a session that can change a result or refuse a statement, whatever the server, its `init_connect` or a proxy gives.
 * Only those are set that the server has and that differ: MySQL asks for a right even where nothing would change.
 * Left as they are: auto_increment_increment and its offset (clusters need theirs; ids may have gaps), and what makes work slower only.
 */
export const sessionVariables: readonly SessionVariable[] = [
  ...firstVariables,
  { name: 'autocommit', ...on },
  { name: 'completion_type', must: 'NO_CHAIN' },
  {
    name: 'sql_mode',
    must: 'STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
  },
  // One of the two names, or both.
  { name: 'transaction_isolation', must: 'READ-COMMITTED' },
  { name: 'tx_isolation', must: 'READ-COMMITTED' },
  { name: 'transaction_read_only', ...off },
  { name: 'tx_read_only', ...off },
  { name: 'time_zone', must: '+00:00' },
  // The clock may have been stopped by `set timestamp`; sysdate() goes on.
  { name: 'timestamp', must: '1', set: 'default', read: '(timestampdiff(second, sysdate(), now()) between -2 and 2)' },
  { name: 'character_set_client', must: 'utf8mb4' },
  { name: 'character_set_connection', must: 'utf8mb4' },
  { name: 'collation_connection', must: 'utf8mb4_bin' },
  { name: 'character_set_results', must: 'utf8mb4' },
  { name: 'character_set_filesystem', must: 'binary', optional: true },
  { name: 'lc_time_names', must: 'en_US' },
  // The class of some errors is read from their words.
  { name: 'lc_messages', must: 'en_US' },
  { name: 'sql_safe_updates', ...off },
  { name: 'foreign_key_checks', ...on },
  { name: 'unique_checks', ...on },
  { name: 'check_constraint_checks', ...on },
  // Landing counts warnings.
  { name: 'sql_notes', ...on },
  { name: 'note_verbosity', must: 'basic,explain' },
  { name: 'sql_auto_is_null', ...off },
  { name: 'sql_if_exists', ...off },
  { name: 'group_concat_max_len', ...number('1048576') },
  { name: 'div_precision_increment', ...number('4') },
  { name: 'windowing_use_high_precision', ...on },
  { name: 'default_week_format', ...off },
  { name: 'default_regex_flags', must: '' },
  // Object keys have 1,024 bytes and are sorted with 16 more.
  { name: 'max_sort_length', ...number('2048') },
  { name: 'sort_buffer_size', ...number('2097152') },
  { name: 'cte_max_recursion_depth', ...number('1000000') },
  { name: 'max_recursive_iterations', ...number('1000000') },
  { name: 'standard_compliant_cte', ...on },
  { name: 'old', ...off },
  { name: 'old_mode', must: 'UTF8_IS_UTF8MB3' },
  { name: 'system_versioning_asof', must: 'DEFAULT', set: 'default' },
  { name: 'wsrep_dirty_reads', ...off },
  { name: 'default_storage_engine', must: 'InnoDB' },
  { name: 'default_tmp_storage_engine', must: 'InnoDB' },
  { name: 'enforce_storage_engine', must: ['', 'InnoDB'], set: "'InnoDB'", optional: true },
  { name: 'innodb_strict_mode', ...on, optional: true },
  { name: 'binlog_format', must: ['ROW', 'MIXED'], optional: true },
  { name: 'sql_generate_invisible_primary_key', ...off, optional: true },
  { name: 'alter_algorithm', must: 'DEFAULT' },
  { name: 'internal_tmp_mem_storage_engine', must: 'TempTable', optional: true },
  { name: 'innodb_lock_wait_timeout', ...number('50') },
  // Of DDL, behind which everybody else waits; and of who waits for DDL.
  { name: 'lock_wait_timeout', ...number('600') },
  { name: 'idle_transaction_timeout', ...off },
  { name: 'idle_readonly_transaction_timeout', ...off },
  { name: 'idle_write_transaction_timeout', ...off },
  { name: 'ob_trx_timeout', ...number(forever) },
  { name: 'ob_trx_idle_timeout', ...number(forever) },
  // The server ends the session of a process that is stopped or cut off.
  { name: 'wait_timeout', ...number('60') },
  { name: 'net_read_timeout', ...number('75') },
  { name: 'net_write_timeout', ...number('75') },
];
