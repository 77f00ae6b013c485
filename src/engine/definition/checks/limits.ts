/** InnoDB's limit on the columns of one key, in bytes. */
export const maxKeyBytes = 3072;
/** Columns in one key, MySQL's limit (MariaDB allows 32). */
export const maxKeyColumns = 16;
/** Limit on the declared length of a row without blobs, in bytes. */
export const maxRowBytes = 65535;
/** InnoDB's limit on columns of a table. */
export const maxTableColumns = 1017;
/** InnoDB's limit on the bytes of a row that lie in its page of 16 KiB: less than half of what a page has room for. */
export const maxPageBytes = 8125;
