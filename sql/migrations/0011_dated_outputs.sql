-- What each output by date was made from, one row for each date. A writer of an output locks its row.
create table if not exists gear.dated_outputs (
  pipeline varchar(64) not null,
  output varchar(128) not null comment 'the mart, schema.table without the prefix, or the name of the export',
  partition_date date not null,
  checksum binary(32) not null comment 'of the SQL file: another one means that it is stale',
  digest binary(32) not null comment 'of the changes that it was made from, before its rows were read: another one means that it is stale',
  row_count bigint unsigned not null,
  store_url varchar(700) null comment 'where the file was written; null for a mart, as all that follows of a file',
  object_key varchar(700) null comment 'below that',
  rows_digest binary(32) null comment 'SHA-256 of the rows as CSV',
  byte_size bigint unsigned null,
  etag varchar(255) null comment 'of the file when it was written',
  written_at datetime(6) not null comment 'when the rows or the file were last written, UTC',
  checked_at datetime(6) not null comment 'when the rows were last computed, UTC',
  primary key (pipeline, output, partition_date)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
