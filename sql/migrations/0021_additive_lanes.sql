-- How far the load that is being added to additive marts has come, lane by lane: marts of a lane grow in the same transactions, and lanes
-- side by side. Rows are there while a load is being added. A lane without one begins where gear.additive_merges says.
create table if not exists gear.additive_lanes (
  pipeline varchar(64) not null,
  entity varchar(64) not null,
  lane varchar(128) not null comment 'the first mart of the lane',
  next_cell int unsigned not null comment 'rows of the load in cells below this one have been added',
  primary key (pipeline, entity, lane)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
