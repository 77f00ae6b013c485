-- Runs of append entities that are also in a copy, which stores their rows in another order.
create table if not exists gear.run_copies (
  run int unsigned not null,
  copy varchar(64) not null comment 'the table in bulk',
  checksum binary(32) not null comment 'of the columns that were copied',
  primary key (run, copy)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
