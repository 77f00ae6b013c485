-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

create table bulk.`trips` (
  `run` int unsigned not null,
  `cell` int unsigned not null,
  `part` tinyint unsigned not null,
  `n` mediumint unsigned not null,
  `region` smallint unsigned not null,
  `datasource` smallint unsigned not null,
  `origin_lon` int not null,
  `origin_lat` int not null,
  `destination_lon` int not null,
  `destination_lat` int not null,
  `datetime` datetime not null,
  primary key (`run`, `cell`, `part`, `n`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'rows of trips by run and cell of origin';

create table bulk.`trips_by_destination` (
  `run` int unsigned not null,
  `cell` int unsigned not null,
  `part` tinyint unsigned not null,
  `n` mediumint unsigned not null,
  `region` smallint unsigned not null,
  `origin_lon` int not null,
  `origin_lat` int not null,
  `destination_lon` int not null,
  `destination_lat` int not null,
  `datetime` datetime not null,
  primary key (`run`, `cell`, `part`, `n`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'rows of trips by run and cell of destination';

create table bulk.`trips_region` (
  `id` smallint unsigned not null,
  `value` varchar(100) not null,
  primary key (`id`),
  unique key `by_value` (`value`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'region of trips';

create table bulk.`trips_datasource` (
  `id` smallint unsigned not null,
  `value` varchar(100) not null,
  primary key (`id`),
  unique key `by_value` (`value`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'datasource of trips';
