-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

create table bulk.`users` (
  `user_id` int unsigned not null,
  `user_name` varchar(255) not null,
  `signup_date` date not null,
  `country` varchar(150) not null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`user_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest users by user_id';

create table bulk.`games` (
  `play_date` date not null,
  `game_id` int unsigned not null,
  `user_id` int unsigned not null,
  `game_type` varchar(100) not null,
  `duration` int unsigned not null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`play_date`, `game_id`, `user_id`),
  key `by_game_id_and_user_id_and_play_date_and_duration` (`game_id`, `user_id`, `play_date`, `duration`),
  key `by_user_id_and_play_date_and_game_id_and_duration` (`user_id`, `play_date`, `game_id`, `duration`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest games by play_date, game_id, user_id';

create table bulk.`game_catalog` (
  `game_id` int unsigned not null,
  `game_type` varchar(100) not null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`game_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest game_catalog by game_id';

create table bulk.`payments` (
  `transaction_id` bigint unsigned not null,
  `user_id` int unsigned not null,
  `amount` decimal(13,2) not null,
  `transaction_date` date not null,
  `type` varchar(10) not null,
  `load_id` bigint unsigned not null,
  `row_offset` bigint unsigned not null,
  `created_at` datetime(6) not null,
  `updated_at` datetime(6) not null,
  primary key (`transaction_id`),
  key `by_transaction_date_and_user_id_and_type_and_amount` (`transaction_date`, `user_id`, `type`, `amount`),
  key `by_user_id_and_transaction_date_and_type_and_amount` (`user_id`, `transaction_date`, `type`, `amount`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'latest payments by transaction_id';
