-- How many keys a load deleted. A load that deleted none has no row. The load's staged rows include its tombstones.
create table if not exists gear.load_deletions (
  load_id bigint unsigned not null,
  entity varchar(64) not null,
  deleted bigint unsigned not null default 0 comment 'rows of the file that deleted a key',
  absent bigint unsigned not null default 0 comment 'keys that were deleted because the file lacks them',
  primary key (load_id, entity)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

-- The latest snapshot of each feed and entity. Rows of earlier deliveries no longer count.
create table if not exists gear.snapshots (
  pipeline varchar(64) not null,
  entity varchar(64) not null,
  feed varchar(64) not null,
  load_id bigint unsigned not null,
  primary key (pipeline, entity, feed)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

-- Loads of files from the quarantine folder of an earlier load. Such a file is a part of the earlier file, unless that was refused.
create table if not exists gear.corrections (
  load_id bigint unsigned not null,
  first_load_id bigint unsigned not null comment 'in whose quarantine the file lay',
  primary key (load_id)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

-- Snapshots that were refused because they would delete too many keys, and that a person has accepted.
create table if not exists gear.accepted_deletions (
  load_id bigint unsigned not null,
  accepted_at datetime(6) not null,
  primary key (load_id)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
