-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

create table bus.`daily_countries` (
  `date` date not null,
  `country_id` int unsigned not null,
  `country` varchar(150) not null,
  `active_users` bigint not null,
  `active_games` bigint not null,
  `sign_ups` bigint not null,
  `transactions` bigint not null,
  `deposit` decimal(30,2) not null,
  `deposits` bigint not null,
  `withdrawal` decimal(30,2) not null,
  `withdrawals` bigint not null,
  `duration` bigint not null,
  primary key (`date`, `country_id`),
  key `by_country_id` (`country_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'What the users of each country played and paid on a date, and how many signed up; a user''s country is their current one.';

create table bus.`total_countries` (
  `country_id` int unsigned not null,
  `country` varchar(150) not null,
  `dates` bigint not null,
  `first_date` date not null,
  `last_date` date not null,
  `active_users` bigint not null,
  `middle_users_daily` decimal(30,3) not null,
  `active_games` bigint not null,
  `middle_games_daily` decimal(30,3) not null,
  `sign_ups` bigint not null,
  `middle_sign_ups_daily` decimal(30,3) not null,
  `transactions` bigint not null,
  `middle_transactions_daily` decimal(30,3) not null,
  `deposit` decimal(30,2) not null,
  `middle_deposit_daily` decimal(30,3) not null,
  `deposits` bigint not null,
  `middle_deposits_daily` decimal(30,3) not null,
  `withdrawal` decimal(30,2) not null,
  `middle_withdrawal_daily` decimal(30,3) not null,
  `withdrawals` bigint not null,
  `middle_withdrawals_daily` decimal(30,3) not null,
  `duration` bigint not null,
  `middle_duration_daily` decimal(30,3) not null,
  primary key (`country_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'What the users of each country played and paid over all time; a user''s country is their current one.';

create table bus.`daily_games` (
  `date` date not null,
  `game_id` int unsigned not null,
  `game_type` varchar(100) not null,
  `active_users` bigint not null,
  `active_countries` bigint not null,
  `duration` bigint not null,
  primary key (`date`, `game_id`),
  key `by_game_id` (`game_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'Who played each game on a date, and for how long. Only dates with a play have a row.';

create table bus.`daily_game_types` (
  `date` date not null,
  `game_type_id` int unsigned not null,
  `game_type` varchar(100) not null,
  `active_games` bigint not null,
  `active_users` bigint not null,
  `active_countries` bigint not null,
  `duration` bigint not null,
  primary key (`date`, `game_type_id`),
  key `by_game_type_id` (`game_type_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'What was played of each game type on a date; a game''s type is its current one.';

create table bus.`total_games` (
  `game_id` int unsigned not null,
  `game_type` varchar(100) not null,
  `dates` bigint not null,
  `first_date` date not null,
  `last_date` date not null,
  `active_users` bigint not null,
  `middle_users_daily` decimal(30,3) not null,
  `active_countries` bigint not null,
  `middle_active_countries` decimal(30,3) not null,
  `duration` bigint not null,
  `middle_duration_daily` decimal(30,3) not null,
  primary key (`game_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'Who ever played each game, from how many countries, and for how long; a game''s type is its current one.';

create table bus.`total_game_types` (
  `game_type_id` int unsigned not null,
  `game_type` varchar(100) not null,
  `games` bigint not null,
  `dates` bigint not null,
  `first_date` date not null,
  `last_date` date not null,
  `active_users` bigint not null,
  `middle_users_daily` decimal(30,3) not null,
  `active_countries` bigint not null,
  `middle_active_countries` decimal(30,3) not null,
  `duration` bigint not null,
  `middle_duration_daily` decimal(30,3) not null,
  primary key (`game_type_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'What was ever played of each game type; a game''s type is its current one.';

create table bus.`daily_payments` (
  `date` date not null,
  `type` varchar(10) not null,
  `active_users` bigint not null,
  `active_countries` bigint not null,
  `transactions` bigint not null,
  `deposit` decimal(30,2) not null,
  `deposits` bigint not null,
  `withdrawal` decimal(30,2) not null,
  `withdrawals` bigint not null,
  primary key (`date`, `type`),
  key `by_type` (`type`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'Payments of each type on a date: who paid, from how many countries, and how much.';

create table bus.`total_payments` (
  `type` varchar(10) not null,
  `dates` bigint not null,
  `first_date` date not null,
  `last_date` date not null,
  `active_users` bigint not null,
  `middle_users_daily` decimal(30,3) not null,
  `active_countries` bigint not null,
  `middle_active_countries` decimal(30,3) not null,
  `transactions` bigint not null,
  `middle_transactions_daily` decimal(30,3) not null,
  `deposit` decimal(30,2) not null,
  `middle_deposit_daily` decimal(30,3) not null,
  `deposits` bigint not null,
  `middle_deposits_daily` decimal(30,3) not null,
  `withdrawal` decimal(30,2) not null,
  `middle_withdrawal_daily` decimal(30,3) not null,
  `withdrawals` bigint not null,
  `middle_withdrawals_daily` decimal(30,3) not null,
  primary key (`type`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'Payments of each type over all time: who ever paid, from how many countries, and how much.';

create table bus.`daily_users` (
  `date` date not null,
  `user_id` int unsigned not null,
  `user` varchar(255) null,
  `active_games` bigint not null,
  `active_game_types` bigint not null,
  `transactions` bigint not null,
  `deposit` decimal(30,2) not null,
  `deposits` bigint not null,
  `withdrawal` decimal(30,2) not null,
  `withdrawals` bigint not null,
  `duration` bigint not null,
  primary key (`user_id`, `date`),
  key `by_date` (`date`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'What each user played and paid on a date. Only dates on which they did either have a row.';

create table bus.`total_users` (
  `user_id` int unsigned not null,
  `user` varchar(255) null,
  `dates` bigint not null,
  `first_date` date not null,
  `last_date` date not null,
  `active_games` bigint not null,
  `middle_games_daily` decimal(30,3) not null,
  `active_game_types` bigint not null,
  `middle_game_types_daily` decimal(30,3) not null,
  `transactions` bigint not null,
  `middle_transactions_daily` decimal(30,3) not null,
  `deposit` decimal(30,2) not null,
  `middle_deposit_daily` decimal(30,3) not null,
  `deposits` bigint not null,
  `middle_deposits_daily` decimal(30,3) not null,
  `withdrawal` decimal(30,2) not null,
  `middle_withdrawal_daily` decimal(30,3) not null,
  `withdrawals` bigint not null,
  `middle_withdrawals_daily` decimal(30,3) not null,
  `duration` bigint not null,
  `middle_duration_daily` decimal(30,3) not null,
  primary key (`user_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'What each user played and paid over their lifetime; averages are per date on which they did either.';

create table bus.`calendar_dates` (
  `date` date not null,
  `date8` int not null,
  `day_of_week` tinyint not null,
  `day_of_week_char` varchar(3) not null,
  `day_name` varchar(9) not null,
  `is_weekend` boolean not null,
  `day_of_month` tinyint not null,
  `day_of_year` smallint not null,
  `week` tinyint not null,
  `year_week` varchar(8) not null,
  `month` tinyint not null,
  `month_name` varchar(9) not null,
  `quarter` tinyint not null,
  `year_quarter` varchar(6) not null,
  `year` smallint not null,
  `week_begin` date not null,
  `week_end` date not null,
  `month_begin` date not null,
  `month_end` date not null,
  `quarter_begin` date not null,
  `quarter_end` date not null,
  `year_begin` date not null,
  `year_end` date not null,
  `next_date` date not null,
  `prev_date` date not null,
  `is_last_day_of_month` boolean not null,
  primary key (`date`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'One row for each date from 2019-12-31 to 2036-12-31, to join dates with; weeks are ISO weeks and begin on Monday.';
