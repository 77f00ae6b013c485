-- The engine's own state. Every change of a load's state commits with the rows that it is about.

-- One row for each feed. Processing locks the row of the feed's group (`for update`), so batch numbers have no gaps and are in the order
-- of commits.
create table if not exists gear.feeds (
  pipeline varchar(64) not null,
  feed varchar(64) not null,
  feed_group varchar(64) not null comment 'the first of the feeds with which it fills common entities: that one''s row counts their batches',
  batch_number bigint unsigned not null default 0 comment 'of the last committed batch',
  load_datetime datetime(6) not null default '1970-01-01 00:00:00' comment 'of the last processed load, UTC',
  primary key (pipeline, feed)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

-- A load is one version of one object.
create table if not exists gear.loads (
  load_id bigint unsigned not null auto_increment,
  pipeline varchar(64) not null,
  feed varchar(64) not null,
  kind varchar(16) not null comment 'pickup: the source is released afterwards; backfill: it is kept',
  store_url varchar(1024) not null,
  object_key varchar(1024) not null,
  version_id varchar(1024) null,
  etag varchar(255) not null,
  size_bytes bigint unsigned not null,
  last_modified datetime(6) not null comment 'UTC',
  generation int unsigned not null default 0 comment 'grows when our delete of the same identity was confirmed, and when a refused backfill is tried again',
  identity binary(32) not null comment 'SHA-256 of pipeline, feed, store, key and version',
  delivery_order varbinary(1044) not null comment 'of a feed with a partition the date as yyyymmdd, 4 bytes big-endian; then last_modified in microseconds, 8 bytes big-endian, then the key, or that of the load that is replayed and the own 8 bytes; ties: load_id',
  partition_date date null comment 'the date that the file belongs to, of a feed with a partition',
  state varchar(16) not null default 'claimed' comment 'claimed, staged, processed, refused, replaced, gone',
  source_state varchar(16) not null default 'present' comment 'present, deleted, moved, replaced, gone, kept',
  move_source boolean not null default false comment 'the object goes to quarantine/ instead of being deleted',
  header json null comment 'the columns of the file in its order',
  rows_staged bigint unsigned not null default 0,
  rows_quarantined bigint unsigned not null default 0,
  bytes_read bigint unsigned not null default 0,
  batch_number bigint unsigned null,
  load_datetime datetime(6) null comment 'the vault''s, strictly growing in the order of processing within a group of feeds',
  claimed_at datetime(6) not null,
  staged_at datetime(6) null,
  processed_at datetime(6) null,
  released_at datetime(6) null comment 'the source was deleted or moved',
  pruned_at datetime(6) null comment 'its staging rows are gone',
  primary key (load_id),
  unique key identity (identity, generation),
  key open (pipeline, feed, source_state, load_id),
  key delivered (pipeline, feed, state, delivery_order),
  key pruned (pipeline, feed, pruned_at, state),
  key batch (pipeline, feed, batch_number),
  key dated (pipeline, feed, partition_date),
  key load_datetime (pipeline, load_datetime)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

-- A byte range of a load, which ends where a row ends. If a file is landed as one stream, the commit of each chunk plans the next chunk.
-- If it is divided into ranges, all of them are planned at once. A range that commits in parts moves its start with each part.
create table if not exists gear.load_chunks (
  load_id bigint unsigned not null,
  chunk_number int unsigned not null,
  start_offset bigint unsigned not null comment 'bytes',
  end_offset bigint unsigned null comment 'bytes, exclusive; of one stream known when the chunk is committed',
  start_line bigint unsigned not null comment 'physical line on which the range begins; the first is 1',
  rows_staged bigint unsigned not null default 0,
  rows_quarantined bigint unsigned not null default 0,
  state varchar(16) not null default 'planned' comment 'planned, staged',
  committed_at datetime(6) null,
  primary key (load_id, chunk_number)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

-- How many of a load's staged rows were: staged = inserted + updated + unchanged + superseded + outdated + left_out.
create table if not exists gear.load_counts (
  load_id bigint unsigned not null,
  entity varchar(64) not null,
  inserted bigint unsigned not null,
  updated bigint unsigned not null,
  unchanged bigint unsigned not null,
  superseded bigint unsigned not null comment 'followed by a later row of the same key in the same file',
  outdated bigint unsigned not null comment 'bulk already held a later delivery',
  left_out bigint unsigned not null default 0 comment 'the entity takes no such rows',
  primary key (load_id, entity)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

-- Rows and files that break the contract, with what is needed to replay them.
create table if not exists gear.quarantine (
  quarantine_id bigint unsigned not null auto_increment,
  load_id bigint unsigned not null,
  pipeline varchar(64) not null,
  feed varchar(64) not null,
  object_key varchar(1024) not null,
  line_number bigint unsigned not null comment 'physical line on which the row begins; 0 for an empty file',
  row_offset bigint unsigned not null comment 'bytes from the start of the object',
  row_bytes bigint unsigned not null comment 'length of the row in the object; raw may hold less',
  reasons varchar(255) not null comment 'comma-separated, in the order of the feed''s contract',
  raw mediumblob not null,
  quarantined_at datetime(6) not null,
  primary key (quarantine_id),
  unique key position (load_id, row_offset),
  key feed (pipeline, feed, quarantined_at)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

-- One row for each committed batch of a group of feeds. All loads of a batch belong to one feed.
create table if not exists gear.batches (
  pipeline varchar(64) not null,
  feed varchar(64) not null comment 'the name of the group',
  batch_number bigint unsigned not null,
  loads int unsigned not null,
  rows_staged bigint unsigned not null,
  committed_at datetime(6) not null,
  primary key (pipeline, feed, batch_number)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

-- Marts and vault tables. A refresh locks its row (`for update`).
create table if not exists gear.marts (
  target varchar(128) not null comment 'schema.table without the prefix',
  pipeline varchar(64) not null,
  checksum binary(32) not null comment 'of the SQL that filled it; another one means rebuild',
  refreshed_at datetime(6) null,
  rebuilt_at datetime(6) null,
  primary key (target)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

-- The last batch of each group of feeds that a mart or vault table has taken in.
create table if not exists gear.mart_watermarks (
  target varchar(128) not null,
  feed varchar(64) not null comment 'the name of the group',
  batch_number bigint unsigned not null,
  primary key (target, feed)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

-- One row for each table of ids. Processing locks it (`for update`) before it gives new ids.
create table if not exists gear.surrogates (
  name varchar(64) not null,
  primary key (name)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

-- Every DDL statement that migrate ran, newest last.
create table if not exists gear.schema_history (
  change_id bigint unsigned not null auto_increment,
  statement mediumtext not null,
  applied_at datetime(6) not null,
  primary key (change_id)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
