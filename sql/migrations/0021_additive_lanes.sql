-- The progress of the load that is now being added to additive marts, for each lane. A load is added to the marts of a lane in the same
-- transactions, and to the lanes side by side. Rows exist only while a load is being added. A lane without a row begins where
-- gear.additive_merges says.
create table if not exists gear.additive_lanes (
  pipeline varchar(64) not null,
  entity varchar(64) not null,
  lane varchar(128) not null comment 'the first mart of the lane',
  next_cell int unsigned not null comment 'rows of the load in cells below this one have been added',
  primary key (pipeline, entity, lane)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
