-- The batches of feeds of whose end in bus people were notified, where a rule of the definition says so.
create table if not exists gear.told_batches (
  pipeline varchar(64) not null,
  feed varchar(64) not null,
  batch_number bigint unsigned not null comment 'the last one that people know of',
  telling bigint unsigned null comment 'they are being notified of those up to this one',
  primary key (pipeline, feed)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
