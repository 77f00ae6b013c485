-- The file that each export wrote last.
create table if not exists gear.exports (
  pipeline varchar(64) not null,
  export varchar(64) not null,
  store_url varchar(700) not null comment 'where it was written',
  object_key varchar(700) not null comment 'below that',
  checksum binary(32) not null comment 'of the SQL file: another one writes again',
  marts_digest binary(32) not null comment 'of the watermarks of the marts that it reads, before they were read',
  rows_digest binary(32) not null comment 'SHA-256 of the rows as CSV',
  row_count bigint unsigned not null,
  byte_size bigint unsigned not null,
  etag varchar(255) not null comment 'of the file when it was written',
  written_at datetime(6) not null comment 'when the file last changed, UTC',
  checked_at datetime(6) not null comment 'when its rows were last computed, UTC',
  primary key (pipeline, export)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
