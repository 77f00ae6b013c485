-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

create table gear.`changes_users` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `user_id` int unsigned not null,
  `change_kind` varchar(8) not null,
  `old_user_name` varchar(255) null,
  `new_user_name` varchar(255) not null,
  `old_signup_date` date null,
  `new_signup_date` date not null,
  `old_country` varchar(150) null,
  `new_country` varchar(150) not null,
  primary key (`batch_number`, `load_id`, `user_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of users: change_kind inserted or updated';

create table gear.`changes_games` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `play_date` date not null,
  `game_id` int unsigned not null,
  `user_id` int unsigned not null,
  `change_kind` varchar(8) not null,
  `old_game_type` varchar(100) null,
  `new_game_type` varchar(100) not null,
  `old_duration` int unsigned null,
  `new_duration` int unsigned not null,
  primary key (`batch_number`, `load_id`, `play_date`, `game_id`, `user_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of games: change_kind inserted or updated';

create table gear.`changes_game_catalog` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `game_id` int unsigned not null,
  `change_kind` varchar(8) not null,
  `old_game_type` varchar(100) null,
  `new_game_type` varchar(100) not null,
  primary key (`batch_number`, `load_id`, `game_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of game_catalog: change_kind inserted or updated';

create table gear.`changes_payments` (
  `batch_number` bigint unsigned not null,
  `load_id` bigint unsigned not null,
  `transaction_id` bigint unsigned not null,
  `change_kind` varchar(8) not null,
  `old_user_id` int unsigned null,
  `new_user_id` int unsigned not null,
  `old_amount` decimal(13,2) null,
  `new_amount` decimal(13,2) not null,
  `old_transaction_date` date null,
  `new_transaction_date` date not null,
  `old_type` varchar(10) null,
  `new_type` varchar(10) not null,
  primary key (`batch_number`, `load_id`, `transaction_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'changes of payments: change_kind inserted or updated';

create table gear.`country_ids` (
  `country_id` int unsigned not null,
  `country` varchar(150) not null,
  primary key (`country_id`),
  unique key `by_value` (`country`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'ids of country';

create table gear.`game_type_ids` (
  `game_type_id` int unsigned not null,
  `game_type` varchar(100) not null,
  primary key (`game_type_id`),
  unique key `by_value` (`game_type`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'ids of game_type';

create table gear.`daily_game_countries` (
  `date` date not null,
  `game_id` int unsigned not null,
  `country_id` int unsigned not null,
  `users` bigint not null,
  `duration` bigint not null,
  primary key (`date`, `game_id`, `country_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'From which countries each game was played on a date, and by how many users. Daily marts count these rows instead of reading all plays of the day.';

create table gear.`affected_daily_game_countries` (
  `date` date not null,
  `game_id` int unsigned not null,
  primary key (`date`, `game_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of gear.daily_game_countries that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`daily_game_countries_by_date_and_country_id` (
  `date` date not null,
  `country_id` int unsigned not null,
  `n` bigint not null,
  `duration` bigint not null,
  primary key (`date`, `country_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'number of rows and sums of gear.daily_game_countries by date, country_id';

create table gear.`daily_players` (
  `date` date not null,
  `user_id` int unsigned not null,
  `country_id` int unsigned not null,
  primary key (`date`, `user_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'Who played on a date. Daily marts count these rows instead of reading all plays of the day.';

create table gear.`affected_daily_players` (
  `date` date not null,
  `user_id` int unsigned not null,
  primary key (`date`, `user_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of gear.daily_players that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`daily_players_by_date_and_country_id` (
  `date` date not null,
  `country_id` int unsigned not null,
  `n` bigint not null,
  primary key (`date`, `country_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'number of rows of gear.daily_players by date, country_id';

create table gear.`daily_payers` (
  `date` date not null,
  `user_id` int unsigned not null,
  `type` varchar(10) not null,
  `country_id` int unsigned not null,
  `transactions` bigint not null,
  `deposit` decimal(30,2) not null,
  `deposits` bigint not null,
  `withdrawal` decimal(30,2) not null,
  `withdrawals` bigint not null,
  primary key (`date`, `user_id`, `type`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'What each user paid on a date by type of payment. Daily marts count these rows instead of reading all payments of the day.';

create table gear.`affected_daily_payers` (
  `date` date not null,
  `user_id` int unsigned not null,
  primary key (`date`, `user_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of gear.daily_payers that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`daily_payers_by_date_and_type` (
  `date` date not null,
  `type` varchar(10) not null,
  `n` bigint not null,
  `transactions` bigint not null,
  `deposit` decimal(30,2) not null,
  `deposits` bigint not null,
  `withdrawal` decimal(30,2) not null,
  `withdrawals` bigint not null,
  primary key (`date`, `type`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'number of rows and sums of gear.daily_payers by date, type';

create table gear.`daily_payers_by_date_and_country_id` (
  `date` date not null,
  `country_id` int unsigned not null,
  `n` bigint not null,
  `transactions` bigint not null,
  `deposit` decimal(30,2) not null,
  `deposits` bigint not null,
  `withdrawal` decimal(30,2) not null,
  `withdrawals` bigint not null,
  primary key (`date`, `country_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'number of rows and sums of gear.daily_payers by date, country_id';

create table gear.`daily_payers_by_date_and_type_and_country_id` (
  `date` date not null,
  `type` varchar(10) not null,
  `country_id` int unsigned not null,
  `n` bigint not null,
  primary key (`date`, `type`, `country_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'number of rows of gear.daily_payers by date, type, country_id';

create table gear.`sign_ups` (
  `user_id` int unsigned not null,
  `date` date not null,
  `country_id` int unsigned not null,
  primary key (`user_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'The date and country of each user''s sign-up. Daily marts count these rows instead of reading all sign-ups of the day.';

create table gear.`affected_sign_ups` (
  `user_id` int unsigned not null,
  primary key (`user_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of gear.sign_ups that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`sign_ups_by_date_and_country_id` (
  `date` date not null,
  `country_id` int unsigned not null,
  `n` bigint not null,
  primary key (`date`, `country_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'number of rows of gear.sign_ups by date, country_id';

create table gear.`affected_daily_countries` (
  `date` date not null,
  primary key (`date`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of bus.daily_countries that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`country_games` (
  `game_id` int unsigned not null,
  `country_id` int unsigned not null,
  primary key (`game_id`, `country_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'The games ever played by users of each country. Totals count these rows instead of reading all plays.';

create table gear.`affected_country_games` (
  `game_id` int unsigned not null,
  primary key (`game_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of gear.country_games that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`country_games_by_country_id` (
  `country_id` int unsigned not null,
  `n` bigint not null,
  primary key (`country_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'number of rows of gear.country_games by country_id';

create table gear.`players` (
  `user_id` int unsigned not null,
  `country_id` int unsigned not null,
  primary key (`user_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'The users who ever played, with their country. Totals count these rows instead of reading all plays.';

create table gear.`affected_players` (
  `user_id` int unsigned not null,
  primary key (`user_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of gear.players that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`players_by_country_id` (
  `country_id` int unsigned not null,
  `n` bigint not null,
  primary key (`country_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'number of rows of gear.players by country_id';

create table gear.`affected_total_countries` (
  `country_id` int unsigned not null,
  primary key (`country_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of bus.total_countries that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`affected_daily_games` (
  `date` date not null,
  `game_id` int unsigned not null,
  primary key (`date`, `game_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of bus.daily_games that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`daily_games_by_date_and_game_type` (
  `date` date not null,
  `game_type` varchar(100) not null,
  `n` bigint not null,
  `duration` bigint not null,
  primary key (`date`, `game_type`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'number of rows and sums of bus.daily_games by date, game_type';

create table gear.`daily_user_types` (
  `date` date not null,
  `user_id` int unsigned not null,
  `game_type_id` int unsigned not null,
  `country_id` int unsigned not null,
  primary key (`date`, `user_id`, `game_type_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'Which game types each user played on a date. Daily marts count these rows instead of reading all plays of the day.';

create table gear.`affected_daily_user_types` (
  `date` date not null,
  `user_id` int unsigned not null,
  primary key (`date`, `user_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of gear.daily_user_types that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`daily_user_types_by_date_and_game_type_id` (
  `date` date not null,
  `game_type_id` int unsigned not null,
  `n` bigint not null,
  primary key (`date`, `game_type_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'number of rows of gear.daily_user_types by date, game_type_id';

create table gear.`daily_user_types_by_date_and_game_type_id_and_country_id` (
  `date` date not null,
  `game_type_id` int unsigned not null,
  `country_id` int unsigned not null,
  `n` bigint not null,
  primary key (`date`, `game_type_id`, `country_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'number of rows of gear.daily_user_types by date, game_type_id, country_id';

create table gear.`affected_daily_game_types` (
  `date` date not null,
  primary key (`date`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of bus.daily_game_types that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`affected_total_games` (
  `game_id` int unsigned not null,
  primary key (`game_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of bus.total_games that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`total_games_by_game_type` (
  `game_type` varchar(100) not null,
  `n` bigint not null,
  primary key (`game_type`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'number of rows of bus.total_games by game_type';

create table gear.`user_game_types` (
  `user_id` int unsigned not null,
  `game_type_id` int unsigned not null,
  `country_id` int unsigned not null,
  `games` bigint not null,
  primary key (`user_id`, `game_type_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'The game types that each user ever played, and how many games of each. Totals count these rows instead of reading all plays.';

create table gear.`affected_user_game_types` (
  `user_id` int unsigned not null,
  primary key (`user_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of gear.user_game_types that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`user_game_types_by_game_type_id_and_country_id` (
  `game_type_id` int unsigned not null,
  `country_id` int unsigned not null,
  `n` bigint not null,
  primary key (`game_type_id`, `country_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'number of rows of gear.user_game_types by game_type_id, country_id';

create table gear.`affected_total_game_types` (
  `game_type_id` int unsigned not null,
  primary key (`game_type_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of bus.total_game_types that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`affected_daily_payments` (
  `date` date not null,
  primary key (`date`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of bus.daily_payments that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`payer_types` (
  `user_id` int unsigned not null,
  `type` varchar(10) not null,
  `country_id` int unsigned not null,
  primary key (`user_id`, `type`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'The types of payment that each user ever made, with their country. Totals count these rows instead of reading all payments.';

create table gear.`affected_payer_types` (
  `user_id` int unsigned not null,
  primary key (`user_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of gear.payer_types that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`payer_types_by_type_and_country_id` (
  `type` varchar(10) not null,
  `country_id` int unsigned not null,
  `n` bigint not null,
  primary key (`type`, `country_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'number of rows of gear.payer_types by type, country_id';

create table gear.`affected_total_payments` (
  `type` varchar(10) not null,
  primary key (`type`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of bus.total_payments that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`affected_daily_users` (
  `user_id` int unsigned not null,
  `date` date not null,
  primary key (`user_id`, `date`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of bus.daily_users that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create table gear.`affected_total_users` (
  `user_id` int unsigned not null,
  primary key (`user_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'keys of bus.total_users that a refresh recomputes; empty outside of its transaction' stats_persistent = 1 stats_auto_recalc = 0;

create or replace view gear.recent_changes as
select 'eastrock' as pipeline, 'users' as feed, 'users' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`user_id`) as business_key, b.committed_at
from gear.`changes_users` c
join gear.batches b on b.pipeline = 'eastrock' and b.feed = 'users' and b.batch_number = c.batch_number
union all
select 'eastrock' as pipeline, 'games' as feed, 'games' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`play_date`, c.`game_id`, c.`user_id`) as business_key, b.committed_at
from gear.`changes_games` c
join gear.batches b on b.pipeline = 'eastrock' and b.feed = 'games' and b.batch_number = c.batch_number
union all
select 'eastrock' as pipeline, 'games' as feed, 'game_catalog' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`game_id`) as business_key, b.committed_at
from gear.`changes_game_catalog` c
join gear.batches b on b.pipeline = 'eastrock' and b.feed = 'games' and b.batch_number = c.batch_number
union all
select 'eastrock' as pipeline, 'payments' as feed, 'payments' as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', c.`transaction_id`) as business_key, b.committed_at
from gear.`changes_payments` c
join gear.batches b on b.pipeline = 'eastrock' and b.feed = 'payments' and b.batch_number = c.batch_number;
