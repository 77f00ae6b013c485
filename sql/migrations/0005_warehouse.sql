-- The identity of this warehouse. `strata migrate` makes its only row.
create table if not exists gear.warehouse (
  one tinyint unsigned not null default 1,
  uuid char(36) not null comment 'written into the sources that it claims from',
  schema_prefix varchar(32) not null comment 'a copy under another prefix is another warehouse',
  made_at datetime(6) not null,
  primary key (one)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
