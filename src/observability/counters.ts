/** Counters for Prometheus, beside those of Temporal's SDK. */
export const counters = {
  rowsExtracted: { name: 'strata_rows_extracted', unit: '1', description: 'Rows of source databases written into lakes' },
  bytesRead: { name: 'strata_bytes_read', unit: 'By', description: 'Bytes of source objects read by landing' },
  rowsStaged: { name: 'strata_rows_staged', unit: '1', description: 'Rows landed in staging' },
  rowsQuarantined: { name: 'strata_rows_quarantined', unit: '1', description: 'Rows put into quarantine' },
  filesRefused: { name: 'strata_files_refused', unit: '1', description: 'Files refused whole' },
  rowsProcessed: { name: 'strata_rows_processed', unit: '1', description: 'Staged rows merged into bulk' },
  vaultRowsInserted: { name: 'strata_vault_rows_inserted', unit: '1', description: 'Rows inserted into vault' },
  martRowsWritten: { name: 'strata_mart_rows_written', unit: '1', description: 'Rows written to marts' },
  processedRowsWritten: { name: 'strata_processed_rows_written', unit: '1', description: 'Rows written to processed buckets' },
  exportRowsWritten: { name: 'strata_export_rows_written', unit: '1', description: 'Rows written to files by exports' },
} as const;
export type Counter = keyof typeof counters;
