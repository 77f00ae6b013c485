-- Running workers. Each renews its row, and deletes it when it ends normally. The row of a killed worker says when it was last alive.
create table if not exists gear.workers (
  worker_id char(36) not null,
  identity varchar(255) not null comment 'in Temporal',
  host varchar(255) not null,
  process_id int unsigned not null,
  namespace varchar(255) not null comment 'of Temporal',
  task_queue varchar(255) not null,
  build varchar(255) null comment 'STRATA_BUILD_ID of its deployment',
  pipelines json not null comment 'fingerprints of its definitions by pipeline',
  worker_time datetime(6) not null comment 'by its own clock at seen_at, UTC',
  started_at datetime(6) not null,
  seen_at datetime(6) not null comment 'by the clock of the warehouse, UTC',
  primary key (worker_id)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
