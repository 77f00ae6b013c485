-- Loads of append entities. Their rows are in bulk as soon as they are read, and count once all of them are there.
create table if not exists gear.append_loads (
  load_id bigint unsigned not null,
  pipeline varchar(64) not null,
  feed varchar(64) not null,
  entity varchar(64) not null,
  sha256 binary(32) not null comment 'of the bytes of the file',
  copy int unsigned not null default 0 comment 'above 0: loaded although the same bytes were loaded before',
  state varchar(16) not null default 'landing' comment 'landing, visible',
  primary key (load_id),
  unique key same_bytes (pipeline, feed, sha256, copy)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

-- A run: the rows of an append entity that one transaction committed, together with this row.
create table if not exists gear.append_runs (
  run int unsigned not null auto_increment,
  pipeline varchar(64) not null,
  entity varchar(64) not null,
  load_id bigint unsigned not null,
  chunk_number int unsigned not null,
  row_count int unsigned not null,
  landed_at datetime(6) not null,
  primary key (run),
  key of_load (load_id, run),
  key of_entity (pipeline, entity)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

-- Runs of loads that were rolled back. Their rows must still be deleted.
create table if not exists gear.dropped_runs (
  run int unsigned not null,
  pipeline varchar(64) not null,
  feed varchar(64) not null,
  primary key (run),
  key of_feed (pipeline, feed)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

-- The runs whose rows count: those of complete loads.
create or replace view gear.visible_runs as
select r.run, r.pipeline, r.entity, r.load_id, r.row_count
from gear.append_runs r
join gear.append_loads l on l.load_id = r.load_id and l.state = 'visible';

-- Refused duplicates that a person has accepted: their file is loaded all the same.
create table if not exists gear.accepted_duplicates (
  load_id bigint unsigned not null comment 'the one that was refused',
  accepted_at datetime(6) not null,
  primary key (load_id)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
