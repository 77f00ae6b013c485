-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

create table staging.`users` (
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `line_number` bigint unsigned not null,
  `padded` boolean not null,
  `strata_row` mediumtext null,
  `user_id` mediumtext not null,
  `user_name` mediumtext not null,
  `signup_date` mediumtext not null,
  `country` mediumtext not null,
  primary key (`load_id`, `row_offset`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'rows of users as delivered';

create table staging.`games` (
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `line_number` bigint unsigned not null,
  `padded` boolean not null,
  `strata_row` mediumtext null,
  `game_id` mediumtext not null,
  `user_id` mediumtext not null,
  `game_type` mediumtext not null,
  `play_date` mediumtext not null,
  `duration` mediumtext not null,
  primary key (`load_id`, `row_offset`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'rows of games as delivered';

create table staging.`payments` (
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `line_number` bigint unsigned not null,
  `padded` boolean not null,
  `strata_row` mediumtext null,
  `transaction_id` mediumtext not null,
  `user_id` mediumtext not null,
  `amount` mediumtext not null,
  `transaction_date` mediumtext not null,
  `type` mediumtext not null,
  primary key (`load_id`, `row_offset`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'rows of payments as delivered';
