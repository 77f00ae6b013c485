-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

create table gear.`trips_weekly_cell_days_sums` (
  `cell` int unsigned not null,
  `day` date not null,
  `region` smallint unsigned not null,
  `pending_load` bigint unsigned not null,
  `n` bigint null,
  `pending_n` bigint not null,
  primary key (`cell`, `day`, `region`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'groups of gear.trips_weekly_cell_days, each with what the last load added to it';

create table gear.`trips_weekly_cells_sums` (
  `cell` int unsigned not null,
  `week` int unsigned not null,
  `region` smallint unsigned not null,
  `pending_load` bigint unsigned not null,
  `n` bigint null,
  `pending_n` bigint not null,
  primary key (`cell`, `week`, `region`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'groups of gear.trips_weekly_cells, each with what the last load added to it';

create table gear.`trips_weekly_total_days_sums` (
  `region` smallint unsigned not null,
  `day` date not null,
  `pending_load` bigint unsigned not null,
  `n` bigint null,
  `pending_n` bigint not null,
  primary key (`region`, `day`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'groups of gear.trips_weekly_total_days, each with what the last load added to it';

create table gear.`trips_weekly_totals_sums` (
  `region` smallint unsigned not null,
  `week` int unsigned not null,
  `pending_load` bigint unsigned not null,
  `n` bigint null,
  `pending_n` bigint not null,
  primary key (`region`, `week`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'groups of gear.trips_weekly_totals, each with what the last load added to it';

create table gear.`trips_weekly_destination_cell_days_sums` (
  `cell` int unsigned not null,
  `day` date not null,
  `region` smallint unsigned not null,
  `pending_load` bigint unsigned not null,
  `n` bigint null,
  `pending_n` bigint not null,
  primary key (`cell`, `day`, `region`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'groups of gear.trips_weekly_destination_cell_days, each with what the last load added to it';

create table gear.`trips_weekly_destination_cells_sums` (
  `cell` int unsigned not null,
  `week` int unsigned not null,
  `region` smallint unsigned not null,
  `pending_load` bigint unsigned not null,
  `n` bigint null,
  `pending_n` bigint not null,
  primary key (`cell`, `week`, `region`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'groups of gear.trips_weekly_destination_cells, each with what the last load added to it';

create table gear.`trip_group_sums_sums` (
  `origin_cell` int unsigned not null,
  `region` smallint unsigned not null,
  `destination_cell` int unsigned not null,
  `hour` tinyint unsigned not null,
  `pending_load` bigint unsigned not null,
  `trips` int unsigned null,
  `first_datetime` datetime null,
  `last_datetime` datetime null,
  `pending_trips` int unsigned not null,
  `pending_first_datetime` datetime not null,
  `pending_last_datetime` datetime not null,
  primary key (`origin_cell`, `region`, `destination_cell`, `hour`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'groups of gear.trip_group_sums, each with what the last load added to it';

create table gear.`trip_source_sums_sums` (
  `region` smallint unsigned not null,
  `datasource` smallint unsigned not null,
  `pending_load` bigint unsigned not null,
  `trips` bigint null,
  `first_datetime` datetime null,
  `last_datetime` datetime null,
  `pending_trips` bigint not null,
  `pending_first_datetime` datetime not null,
  `pending_last_datetime` datetime not null,
  primary key (`region`, `datasource`),
  key `by_datasource_and_region` (`datasource`, `region`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'groups of gear.trip_source_sums, each with what the last load added to it';

create or replace view gear.recent_changes as
select '' as pipeline, '' as feed, '' as entity, 0 as batch_number, 0 as load_id, '' as change_kind, '' as business_key, null as committed_at
from (select 1) nothing where false;
