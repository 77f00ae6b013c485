-- Keys that a load deleted; no row where it deleted none. Staged rows that are tombstones of a key that was there are among the load's rows.
create table if not exists gear.load_deletions (
  load_id bigint unsigned not null,
  entity varchar(64) not null,
  deleted bigint unsigned not null default 0 comment 'rows of the file that deleted a key',
  absent bigint unsigned not null default 0 comment 'keys that were deleted because the file lacks them',
  primary key (load_id, entity)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

-- The latest load of each feed that said which keys an entity has: rows from before it say nothing any more.
create table if not exists gear.snapshots (
  pipeline varchar(64) not null,
  entity varchar(64) not null,
  feed varchar(64) not null,
  load_id bigint unsigned not null,
  primary key (pipeline, entity, feed)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

-- Loads of files that lay in the quarantine of an earlier one: parts of its file where that was not refused as a whole.
create table if not exists gear.corrections (
  load_id bigint unsigned not null,
  first_load_id bigint unsigned not null comment 'in whose quarantine the file lay',
  primary key (load_id)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

-- Snapshots that were refused because they would delete too many keys, and are taken all the same.
create table if not exists gear.accepted_deletions (
  load_id bigint unsigned not null,
  accepted_at datetime(6) not null,
  primary key (load_id)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
