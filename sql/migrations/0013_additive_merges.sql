-- The load of each append entity that is now being added to its additive marts. A worker locks the row (`for update`), so loads are
-- added one after the other.
create table if not exists gear.additive_merges (
  pipeline varchar(64) not null,
  entity varchar(64) not null,
  load_id bigint unsigned null comment 'what this load has added so far does not show; null: no load is being added',
  next_cell int unsigned not null default 0 comment 'rows of the load in cells below this one have been added',
  primary key (pipeline, entity)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
