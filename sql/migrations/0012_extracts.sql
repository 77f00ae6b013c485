-- Extracts of databases into lakes. The manifests in the lake say which runs exist. This table follows them, and remembers what they do
-- not hold.
create table if not exists gear.extracts (
  extract_id int unsigned not null auto_increment,
  pipeline varchar(64) not null,
  extract varchar(64) not null,
  run int unsigned not null default 0 comment 'the last run whose manifest is known',
  primary key (extract_id),
  unique key (pipeline, extract)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

-- An attempt at a run. It is prepared before its manifest is written, and counts once the lake has exactly that manifest.
create table if not exists gear.extract_runs (
  run_id bigint unsigned not null auto_increment,
  extract_id int unsigned not null,
  run int unsigned not null,
  kind varchar(16) not null comment 'incremental, full, corrected',
  state varchar(16) not null comment 'prepared, committed',
  manifest_sha256 binary(32) not null,
  snapshot_at datetime(6) not null comment 'by the source''s clock, UTC',
  system_identifier varchar(20) not null comment 'of the source''s cluster',
  timeline int unsigned not null,
  xmin bigint unsigned not null comment 'every transaction below it had ended when the snapshot was taken',
  row_count bigint unsigned not null,
  byte_size bigint unsigned not null comment 'of its objects as they are stored',
  object_count int unsigned not null,
  prepared_at datetime(6) not null,
  committed_at datetime(6) null,
  primary key (run_id),
  unique key (extract_id, run, manifest_sha256)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

-- A table of a run.
create table if not exists gear.extract_tables (
  run_id bigint unsigned not null,
  table_name varchar(64) not null,
  read_way varchar(16) null comment 'full, changed, compared; null where it was left out, or only the manifest is known',
  relation_oid bigint unsigned null comment 'identifies the table in the source',
  file_node bigint unsigned null comment 'changes when the source writes the table anew',
  schema_sha256 binary(32) not null comment 'of names and types of its columns',
  mark_before varchar(64) null comment 'the greatest time of change that was extracted before, as the source writes it',
  mark_after varchar(64) null,
  row_count bigint unsigned not null,
  byte_size bigint unsigned not null,
  left_out varchar(1000) null comment 'why it was not read',
  primary key (run_id, table_name)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

-- Versions of rows that are already in the lake, but that the next run will see as changed again, because a transaction was open when
-- they were read.
create table if not exists gear.extracted_versions (
  extract_id int unsigned not null,
  table_name varchar(64) not null,
  xid bigint unsigned not null comment 'of the transaction that wrote the version, with the epoch',
  key_hash binary(16) not null comment 'of the row''s key',
  run_id bigint unsigned not null,
  primary key (extract_id, table_name, xid, key_hash, run_id)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

-- The catalogue: the columns of each table of a source, with the first and the last run of each.
create table if not exists gear.source_columns (
  extract_id int unsigned not null,
  table_name varchar(64) not null,
  column_name varchar(64) not null,
  since_run int unsigned not null,
  until_run int unsigned null comment 'the first run without it; null while it is there',
  position int unsigned not null,
  column_type varchar(255) not null comment 'as the source writes it',
  nullable boolean not null,
  primary key (extract_id, table_name, column_name, since_run)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
