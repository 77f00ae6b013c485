-- Loads whose rows were in the quarantine of an earlier load. The rows keep their places among the rows of the earlier file.
create table if not exists gear.replays (
  load_id bigint unsigned not null,
  first_load_id bigint unsigned not null comment 'in whose file the rows stood first',
  primary key (load_id)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
