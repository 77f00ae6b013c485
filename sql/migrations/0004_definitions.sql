-- The definition of each pipeline that strata migrate applied last. Workers with another definition do no work of that pipeline.
create table if not exists gear.definitions (
  pipeline varchar(64) not null,
  fingerprint varchar(64) not null comment 'of definition, marts and rendered statements',
  applied_at datetime(6) not null comment 'UTC',
  primary key (pipeline)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

-- The contract that checked a load's rows. Rows are merged only if the current contract has checked them.
create table if not exists gear.load_contracts (
  load_id bigint unsigned not null,
  contract varchar(64) not null comment 'checksum of columns, types and reasons',
  primary key (load_id)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
