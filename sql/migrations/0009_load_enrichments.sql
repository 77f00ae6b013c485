-- Which data the derived columns of a load were computed with, so that their values can be explained.
create table if not exists gear.load_enrichments (
  load_id bigint unsigned not null,
  column_name varchar(64) not null,
  enrichment varchar(64) not null,
  version varchar(128) not null comment 'of its data or program; two where workers of two versions landed the load',
  primary key (load_id, column_name, version)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
