-- Processed buckets: changed rows of marts, run by run. The manifests in the bucket say which runs exist. This table follows them.
create table if not exists gear.processed (
  pipeline varchar(64) not null,
  run int unsigned not null default 0 comment 'the last run whose manifest is known',
  manifest_sha256 binary(32) null comment 'of that run',
  ingest_run int unsigned null comment 'the runs of the lake up to it are whole in the bucket; null where feeds read no lake',
  primary key (pipeline)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

-- An attempt at a run. It is prepared before its manifest is written, and counts once the bucket has exactly that manifest.
create table if not exists gear.processed_runs (
  run_id bigint unsigned not null auto_increment,
  pipeline varchar(64) not null,
  run int unsigned not null,
  state varchar(16) not null comment 'prepared, committed',
  manifest_sha256 binary(32) not null,
  row_count bigint unsigned not null,
  byte_size bigint unsigned not null comment 'of its objects as they are stored',
  object_count int unsigned not null,
  prepared_at datetime(6) not null,
  committed_at datetime(6) null,
  primary key (run_id),
  unique key (pipeline, run, manifest_sha256)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

-- The last batch of each group of feeds whose changes of a table are in the bucket, once the attempt counts.
create table if not exists gear.processed_marks (
  run_id bigint unsigned not null,
  target varchar(128) not null,
  feed varchar(64) not null,
  batch_number bigint unsigned not null,
  checksum binary(32) not null comment 'of the mart whose rows were read',
  primary key (run_id, target, feed)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
