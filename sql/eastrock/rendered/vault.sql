-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

create table vault.`hub_user` (
  `user_hk` binary(16) not null,
  `user_id` int unsigned not null,
  `load_datetime` datetime(6) not null,
  `record_source` varchar(100) not null,
  primary key (`user_hk`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'every user_id that was ever current, since when';

create table vault.`hub_game` (
  `game_hk` binary(16) not null,
  `game_id` int unsigned not null,
  `load_datetime` datetime(6) not null,
  `record_source` varchar(100) not null,
  primary key (`game_hk`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'every game_id that was ever current, since when';

create table vault.`hub_game_type` (
  `game_type_hk` binary(16) not null,
  `game_type` varchar(100) not null,
  `load_datetime` datetime(6) not null,
  `record_source` varchar(100) not null,
  primary key (`game_type_hk`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'every game_type that was ever current, since when';

create table vault.`hub_country` (
  `country_hk` binary(16) not null,
  `country` varchar(150) not null,
  `load_datetime` datetime(6) not null,
  `record_source` varchar(100) not null,
  primary key (`country_hk`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'every country that was ever current, since when';

create table vault.`hub_transaction` (
  `transaction_hk` binary(16) not null,
  `transaction_id` bigint unsigned not null,
  `load_datetime` datetime(6) not null,
  `record_source` varchar(100) not null,
  primary key (`transaction_hk`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'every transaction_id that was ever current, since when';

create table vault.`link_user_country` (
  `user_country_hk` binary(16) not null,
  `user_hk` binary(16) not null,
  `country_hk` binary(16) not null,
  `load_datetime` datetime(6) not null,
  `record_source` varchar(100) not null,
  primary key (`user_country_hk`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'every user, country that ever belonged together';

create table vault.`link_game_game_type` (
  `game_game_type_hk` binary(16) not null,
  `game_hk` binary(16) not null,
  `game_type_hk` binary(16) not null,
  `load_datetime` datetime(6) not null,
  `record_source` varchar(100) not null,
  primary key (`game_game_type_hk`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'every game, game_type that ever belonged together';

create table vault.`link_play` (
  `play_hk` binary(16) not null,
  `user_hk` binary(16) not null,
  `game_hk` binary(16) not null,
  `play_date` date not null,
  `load_datetime` datetime(6) not null,
  `record_source` varchar(100) not null,
  primary key (`play_hk`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'every user, game, play_date that ever belonged together';

create table vault.`link_payment` (
  `payment_hk` binary(16) not null,
  `transaction_hk` binary(16) not null,
  `user_hk` binary(16) not null,
  `load_datetime` datetime(6) not null,
  `record_source` varchar(100) not null,
  primary key (`payment_hk`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'every transaction, user that ever belonged together';

create table vault.`sat_user` (
  `user_hk` binary(16) not null,
  `load_datetime` datetime(6) not null,
  `hashdiff` binary(32) not null,
  `user_name` varchar(255) null,
  `signup_date` date null,
  `record_source` varchar(100) not null,
  primary key (`user_hk`, `load_datetime`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'every version of users; current from load_datetime until the next one of its key';

create table vault.`sat_play` (
  `play_hk` binary(16) not null,
  `load_datetime` datetime(6) not null,
  `hashdiff` binary(32) not null,
  `game_type` varchar(100) null,
  `duration` int unsigned null,
  `record_source` varchar(100) not null,
  primary key (`play_hk`, `load_datetime`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'every version of games; current from load_datetime until the next one of its key';

create table vault.`sat_transaction` (
  `transaction_hk` binary(16) not null,
  `load_datetime` datetime(6) not null,
  `hashdiff` binary(32) not null,
  `amount` decimal(13,2) null,
  `transaction_date` date null,
  `type` varchar(10) null,
  `record_source` varchar(100) not null,
  primary key (`transaction_hk`, `load_datetime`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'every version of payments; current from load_datetime until the next one of its key';

create table vault.`eff_sat_user_country` (
  `user_country_hk` binary(16) not null,
  `load_datetime` datetime(6) not null,
  `is_active` boolean not null,
  `record_source` varchar(100) not null,
  primary key (`user_country_hk`, `load_datetime`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'when links of user_country began (is_active) and ended; one is current for each user';

create table vault.`eff_sat_game_game_type` (
  `game_game_type_hk` binary(16) not null,
  `load_datetime` datetime(6) not null,
  `is_active` boolean not null,
  `record_source` varchar(100) not null,
  primary key (`game_game_type_hk`, `load_datetime`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'when links of game_game_type began (is_active) and ended; one is current for each game';

create table vault.`eff_sat_payment` (
  `payment_hk` binary(16) not null,
  `load_datetime` datetime(6) not null,
  `is_active` boolean not null,
  `record_source` varchar(100) not null,
  primary key (`payment_hk`, `load_datetime`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'when links of payment began (is_active) and ended; one is current for each transaction';
