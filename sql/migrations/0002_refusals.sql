-- Why a whole file was refused, in words without values of the file.
create table if not exists gear.refusals (
  load_id bigint unsigned not null,
  problem varchar(1024) not null,
  primary key (load_id)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
