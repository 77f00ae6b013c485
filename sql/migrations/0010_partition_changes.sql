-- The last batch in which rows of a partition changed in an entity. The batch's transaction writes it.
create table if not exists gear.partition_changes (
  pipeline varchar(64) not null,
  entity varchar(64) not null,
  partition_date date not null,
  feed varchar(64) not null comment 'the group of feeds, by whose number batches are counted',
  batch_number bigint unsigned not null,
  primary key (pipeline, entity, partition_date, feed)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
