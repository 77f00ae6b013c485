-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

insert into vault.`hub_user` (`user_hk`, `user_id`, load_datetime, record_source)
with delivered as (
  select c.`user_id` as `user_id`, concat(min(l.load_datetime), 'eastrock/users') as first_seen
  from gear.`changes_users` c
  straight_join gear.loads l on l.load_id = c.load_id
  where c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'inserted'
  group by c.`user_id`
  union all
  select c.`user_id` as `user_id`, concat(min(l.load_datetime), 'eastrock/games') as first_seen
  from gear.`changes_games` c
  straight_join gear.loads l on l.load_id = c.load_id
  where c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'inserted'
  group by c.`user_id`
  union all
  select c.`new_user_id` as `user_id`, concat(min(l.load_datetime), 'eastrock/payments') as first_seen
  from gear.`changes_payments` c
  straight_join gear.loads l on l.load_id = c.load_id
  where (c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'inserted') or (c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'updated' and (not (c.`old_user_id` <=> c.`new_user_id`)))
  group by c.`new_user_id`
), hashed as (
  select unhex(left(sha2(coalesce(concat(length(`user_id`), ':', `user_id`), '-'), 256), 32)) as `user_hk`, `user_id`, min(first_seen) as first_seen
  from delivered
  group by `user_id`
)
select h.`user_hk`, h.`user_id`, left(h.first_seen, 26), substring(h.first_seen, 27)
from hashed h
left join vault.`hub_user` known on known.`user_hk` = h.`user_hk`
where known.`user_hk` is null
order by h.`user_hk`;

insert into vault.`hub_game` (`game_hk`, `game_id`, load_datetime, record_source)
select unhex(left(sha2(coalesce(concat(length(c.`game_id`), ':', c.`game_id`), '-'), 256), 32)) as `game_hk`, c.`game_id`, l.load_datetime, 'eastrock/games'
from gear.`changes_game_catalog` c
  straight_join gear.loads l on l.load_id = c.load_id
where c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'inserted'
order by `game_hk`;

insert into vault.`hub_game_type` (`game_type_hk`, `game_type`, load_datetime, record_source)
with delivered as (
  select c.`new_game_type` as `game_type`, concat(min(l.load_datetime), 'eastrock/games') as first_seen
  from gear.`changes_game_catalog` c
  straight_join gear.loads l on l.load_id = c.load_id
  where (c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'inserted') or (c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'updated' and (not (c.`old_game_type` <=> c.`new_game_type`)))
  group by c.`new_game_type`
), hashed as (
  select unhex(left(sha2(coalesce(concat(length(`game_type`), ':', `game_type`), '-'), 256), 32)) as `game_type_hk`, `game_type`, min(first_seen) as first_seen
  from delivered
  group by `game_type`
)
select h.`game_type_hk`, h.`game_type`, left(h.first_seen, 26), substring(h.first_seen, 27)
from hashed h
left join vault.`hub_game_type` known on known.`game_type_hk` = h.`game_type_hk`
where known.`game_type_hk` is null
order by h.`game_type_hk`;

insert into vault.`hub_country` (`country_hk`, `country`, load_datetime, record_source)
with delivered as (
  select c.`new_country` as `country`, concat(min(l.load_datetime), 'eastrock/users') as first_seen
  from gear.`changes_users` c
  straight_join gear.loads l on l.load_id = c.load_id
  where (c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'inserted') or (c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'updated' and (not (c.`old_country` <=> c.`new_country`)))
  group by c.`new_country`
), hashed as (
  select unhex(left(sha2(coalesce(concat(length(`country`), ':', `country`), '-'), 256), 32)) as `country_hk`, `country`, min(first_seen) as first_seen
  from delivered
  group by `country`
)
select h.`country_hk`, h.`country`, left(h.first_seen, 26), substring(h.first_seen, 27)
from hashed h
left join vault.`hub_country` known on known.`country_hk` = h.`country_hk`
where known.`country_hk` is null
order by h.`country_hk`;

insert into vault.`hub_transaction` (`transaction_hk`, `transaction_id`, load_datetime, record_source)
select unhex(left(sha2(coalesce(concat(length(c.`transaction_id`), ':', c.`transaction_id`), '-'), 256), 32)) as `transaction_hk`, c.`transaction_id`, l.load_datetime, 'eastrock/payments'
from gear.`changes_payments` c
  straight_join gear.loads l on l.load_id = c.load_id
where c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'inserted'
order by `transaction_hk`;

insert into vault.`link_user_country`
  (`user_country_hk`, `user_hk`, `country_hk`, `load_datetime`, `record_source`)
select unhex(left(sha2(concat(coalesce(concat(length(c.`user_id`), ':', c.`user_id`), '-'), coalesce(concat(length(c.`new_country`), ':', c.`new_country`), '-')), 256), 32)) as `user_country_hk`,
  unhex(left(sha2(coalesce(concat(length(c.`user_id`), ':', c.`user_id`), '-'), 256), 32)) as `user_hk`,
  unhex(left(sha2(coalesce(concat(length(c.`new_country`), ':', c.`new_country`), '-'), 256), 32)) as `country_hk`,
  l.load_datetime, 'eastrock/users'
from gear.`changes_users` c
  straight_join gear.loads l on l.load_id = c.load_id
where c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'inserted'
order by `user_country_hk`;

insert into vault.`link_user_country`
  (`user_country_hk`, `user_hk`, `country_hk`, `load_datetime`, `record_source`)
with delivered as (
  select c.`user_id` as `user_id`, c.`new_country` as `country`, min(l.load_datetime) as load_datetime
  from gear.`changes_users` c
  straight_join gear.loads l on l.load_id = c.load_id
  where c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'updated' and (not (c.`old_country` <=> c.`new_country`))
  group by c.`user_id`, c.`new_country`
), hashed as (
  select unhex(left(sha2(concat(coalesce(concat(length(`user_id`), ':', `user_id`), '-'), coalesce(concat(length(`country`), ':', `country`), '-')), 256), 32)) as `user_country_hk`, `user_id`, `country`, load_datetime
  from delivered
)
select h.`user_country_hk`,
  unhex(left(sha2(coalesce(concat(length(h.`user_id`), ':', h.`user_id`), '-'), 256), 32)) as `user_hk`,
  unhex(left(sha2(coalesce(concat(length(h.`country`), ':', h.`country`), '-'), 256), 32)) as `country_hk`,
  h.load_datetime, 'eastrock/users'
from hashed h
left join vault.`link_user_country` known on known.`user_country_hk` = h.`user_country_hk`
where known.`user_country_hk` is null
order by h.`user_country_hk`;

insert into vault.`link_game_game_type`
  (`game_game_type_hk`, `game_hk`, `game_type_hk`, `load_datetime`, `record_source`)
select unhex(left(sha2(concat(coalesce(concat(length(c.`game_id`), ':', c.`game_id`), '-'), coalesce(concat(length(c.`new_game_type`), ':', c.`new_game_type`), '-')), 256), 32)) as `game_game_type_hk`,
  unhex(left(sha2(coalesce(concat(length(c.`game_id`), ':', c.`game_id`), '-'), 256), 32)) as `game_hk`,
  unhex(left(sha2(coalesce(concat(length(c.`new_game_type`), ':', c.`new_game_type`), '-'), 256), 32)) as `game_type_hk`,
  l.load_datetime, 'eastrock/games'
from gear.`changes_game_catalog` c
  straight_join gear.loads l on l.load_id = c.load_id
where c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'inserted'
order by `game_game_type_hk`;

insert into vault.`link_game_game_type`
  (`game_game_type_hk`, `game_hk`, `game_type_hk`, `load_datetime`, `record_source`)
with delivered as (
  select c.`game_id` as `game_id`, c.`new_game_type` as `game_type`, min(l.load_datetime) as load_datetime
  from gear.`changes_game_catalog` c
  straight_join gear.loads l on l.load_id = c.load_id
  where c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'updated' and (not (c.`old_game_type` <=> c.`new_game_type`))
  group by c.`game_id`, c.`new_game_type`
), hashed as (
  select unhex(left(sha2(concat(coalesce(concat(length(`game_id`), ':', `game_id`), '-'), coalesce(concat(length(`game_type`), ':', `game_type`), '-')), 256), 32)) as `game_game_type_hk`, `game_id`, `game_type`, load_datetime
  from delivered
)
select h.`game_game_type_hk`,
  unhex(left(sha2(coalesce(concat(length(h.`game_id`), ':', h.`game_id`), '-'), 256), 32)) as `game_hk`,
  unhex(left(sha2(coalesce(concat(length(h.`game_type`), ':', h.`game_type`), '-'), 256), 32)) as `game_type_hk`,
  h.load_datetime, 'eastrock/games'
from hashed h
left join vault.`link_game_game_type` known on known.`game_game_type_hk` = h.`game_game_type_hk`
where known.`game_game_type_hk` is null
order by h.`game_game_type_hk`;

insert into vault.`link_play`
  (`play_hk`, `user_hk`, `game_hk`, `play_date`, `load_datetime`, `record_source`)
select unhex(left(sha2(concat(coalesce(concat(length(c.`user_id`), ':', c.`user_id`), '-'), coalesce(concat(length(c.`game_id`), ':', c.`game_id`), '-'), coalesce(concat(length(c.`play_date`), ':', c.`play_date`), '-')), 256), 32)) as `play_hk`,
  unhex(left(sha2(coalesce(concat(length(c.`user_id`), ':', c.`user_id`), '-'), 256), 32)) as `user_hk`,
  unhex(left(sha2(coalesce(concat(length(c.`game_id`), ':', c.`game_id`), '-'), 256), 32)) as `game_hk`,
  c.`play_date` as `play_date`,
  l.load_datetime, 'eastrock/games'
from gear.`changes_games` c
  straight_join gear.loads l on l.load_id = c.load_id
where c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'inserted'
order by `play_hk`;

insert into vault.`link_payment`
  (`payment_hk`, `transaction_hk`, `user_hk`, `load_datetime`, `record_source`)
select unhex(left(sha2(concat(coalesce(concat(length(c.`transaction_id`), ':', c.`transaction_id`), '-'), coalesce(concat(length(c.`new_user_id`), ':', c.`new_user_id`), '-')), 256), 32)) as `payment_hk`,
  unhex(left(sha2(coalesce(concat(length(c.`transaction_id`), ':', c.`transaction_id`), '-'), 256), 32)) as `transaction_hk`,
  unhex(left(sha2(coalesce(concat(length(c.`new_user_id`), ':', c.`new_user_id`), '-'), 256), 32)) as `user_hk`,
  l.load_datetime, 'eastrock/payments'
from gear.`changes_payments` c
  straight_join gear.loads l on l.load_id = c.load_id
where c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'inserted'
order by `payment_hk`;

insert into vault.`link_payment`
  (`payment_hk`, `transaction_hk`, `user_hk`, `load_datetime`, `record_source`)
with delivered as (
  select c.`transaction_id` as `transaction_id`, c.`new_user_id` as `user_id`, min(l.load_datetime) as load_datetime
  from gear.`changes_payments` c
  straight_join gear.loads l on l.load_id = c.load_id
  where c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'updated' and (not (c.`old_user_id` <=> c.`new_user_id`))
  group by c.`transaction_id`, c.`new_user_id`
), hashed as (
  select unhex(left(sha2(concat(coalesce(concat(length(`transaction_id`), ':', `transaction_id`), '-'), coalesce(concat(length(`user_id`), ':', `user_id`), '-')), 256), 32)) as `payment_hk`, `transaction_id`, `user_id`, load_datetime
  from delivered
)
select h.`payment_hk`,
  unhex(left(sha2(coalesce(concat(length(h.`transaction_id`), ':', h.`transaction_id`), '-'), 256), 32)) as `transaction_hk`,
  unhex(left(sha2(coalesce(concat(length(h.`user_id`), ':', h.`user_id`), '-'), 256), 32)) as `user_hk`,
  h.load_datetime, 'eastrock/payments'
from hashed h
left join vault.`link_payment` known on known.`payment_hk` = h.`payment_hk`
where known.`payment_hk` is null
order by h.`payment_hk`;

insert into vault.`sat_user`
  (`user_hk`, load_datetime, hashdiff, `user_name`, `signup_date`, record_source)
select unhex(left(sha2(coalesce(concat(length(c.`user_id`), ':', c.`user_id`), '-'), 256), 32)) as `user_hk`, l.load_datetime as load_datetime,
  unhex(sha2(concat(coalesce(concat(length(c.`new_user_name`), ':', c.`new_user_name`), '-'), coalesce(concat(length(c.`new_signup_date`), ':', c.`new_signup_date`), '-')), 256)),
  c.`new_user_name`, c.`new_signup_date`, 'eastrock/users'
from gear.`changes_users` c
  straight_join gear.loads l on l.load_id = c.load_id
where c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'inserted'
order by `user_hk`, load_datetime;

insert into vault.`sat_user`
  (`user_hk`, load_datetime, hashdiff, `user_name`, `signup_date`, record_source)
select unhex(left(sha2(coalesce(concat(length(c.`user_id`), ':', c.`user_id`), '-'), 256), 32)) as `user_hk`, l.load_datetime as load_datetime,
  unhex(sha2(concat(coalesce(concat(length(c.`new_user_name`), ':', c.`new_user_name`), '-'), coalesce(concat(length(c.`new_signup_date`), ':', c.`new_signup_date`), '-')), 256)),
  c.`new_user_name`, c.`new_signup_date`, 'eastrock/users'
from gear.`changes_users` c
  straight_join gear.loads l on l.load_id = c.load_id
where c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'updated' and (not (c.`old_user_name` <=> c.`new_user_name`) or not (c.`old_signup_date` <=> c.`new_signup_date`))
order by `user_hk`, load_datetime;

insert into vault.`sat_play`
  (`play_hk`, load_datetime, hashdiff, `game_type`, `duration`, record_source)
select unhex(left(sha2(concat(coalesce(concat(length(c.`user_id`), ':', c.`user_id`), '-'), coalesce(concat(length(c.`game_id`), ':', c.`game_id`), '-'), coalesce(concat(length(c.`play_date`), ':', c.`play_date`), '-')), 256), 32)) as `play_hk`, l.load_datetime as load_datetime,
  unhex(sha2(concat(coalesce(concat(length(c.`new_game_type`), ':', c.`new_game_type`), '-'), coalesce(concat(length(c.`new_duration`), ':', c.`new_duration`), '-')), 256)),
  c.`new_game_type`, c.`new_duration`, 'eastrock/games'
from gear.`changes_games` c
  straight_join gear.loads l on l.load_id = c.load_id
where c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'inserted'
order by `play_hk`, load_datetime;

insert into vault.`sat_play`
  (`play_hk`, load_datetime, hashdiff, `game_type`, `duration`, record_source)
select unhex(left(sha2(concat(coalesce(concat(length(c.`user_id`), ':', c.`user_id`), '-'), coalesce(concat(length(c.`game_id`), ':', c.`game_id`), '-'), coalesce(concat(length(c.`play_date`), ':', c.`play_date`), '-')), 256), 32)) as `play_hk`, l.load_datetime as load_datetime,
  unhex(sha2(concat(coalesce(concat(length(c.`new_game_type`), ':', c.`new_game_type`), '-'), coalesce(concat(length(c.`new_duration`), ':', c.`new_duration`), '-')), 256)),
  c.`new_game_type`, c.`new_duration`, 'eastrock/games'
from gear.`changes_games` c
  straight_join gear.loads l on l.load_id = c.load_id
where c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'updated' and (not (c.`old_game_type` <=> c.`new_game_type`) or not (c.`old_duration` <=> c.`new_duration`))
order by `play_hk`, load_datetime;

insert into vault.`sat_transaction`
  (`transaction_hk`, load_datetime, hashdiff, `amount`, `transaction_date`, `type`, record_source)
select unhex(left(sha2(coalesce(concat(length(c.`transaction_id`), ':', c.`transaction_id`), '-'), 256), 32)) as `transaction_hk`, l.load_datetime as load_datetime,
  unhex(sha2(concat(coalesce(concat(length(c.`new_amount`), ':', c.`new_amount`), '-'), coalesce(concat(length(c.`new_transaction_date`), ':', c.`new_transaction_date`), '-'), coalesce(concat(length(c.`new_type`), ':', c.`new_type`), '-')), 256)),
  c.`new_amount`, c.`new_transaction_date`, c.`new_type`, 'eastrock/payments'
from gear.`changes_payments` c
  straight_join gear.loads l on l.load_id = c.load_id
where c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'inserted'
order by `transaction_hk`, load_datetime;

insert into vault.`sat_transaction`
  (`transaction_hk`, load_datetime, hashdiff, `amount`, `transaction_date`, `type`, record_source)
select unhex(left(sha2(coalesce(concat(length(c.`transaction_id`), ':', c.`transaction_id`), '-'), 256), 32)) as `transaction_hk`, l.load_datetime as load_datetime,
  unhex(sha2(concat(coalesce(concat(length(c.`new_amount`), ':', c.`new_amount`), '-'), coalesce(concat(length(c.`new_transaction_date`), ':', c.`new_transaction_date`), '-'), coalesce(concat(length(c.`new_type`), ':', c.`new_type`), '-')), 256)),
  c.`new_amount`, c.`new_transaction_date`, c.`new_type`, 'eastrock/payments'
from gear.`changes_payments` c
  straight_join gear.loads l on l.load_id = c.load_id
where c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'updated' and (not (c.`old_amount` <=> c.`new_amount`) or not (c.`old_transaction_date` <=> c.`new_transaction_date`) or not (c.`old_type` <=> c.`new_type`))
order by `transaction_hk`, load_datetime;

insert into vault.`eff_sat_user_country` (`user_country_hk`, load_datetime, is_active, record_source)
select unhex(left(sha2(concat(coalesce(concat(length(c.`user_id`), ':', c.`user_id`), '-'), coalesce(concat(length(c.`new_country`), ':', c.`new_country`), '-')), 256), 32)) as `user_country_hk`, l.load_datetime, true, 'eastrock/users'
from gear.`changes_users` c
  straight_join gear.loads l on l.load_id = c.load_id
where c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'inserted'
order by `user_country_hk`;

insert into vault.`eff_sat_user_country` (`user_country_hk`, load_datetime, is_active, record_source)
select unhex(left(sha2(concat(coalesce(concat(length(c.`user_id`), ':', c.`user_id`), '-'), coalesce(concat(length(c.`old_country`), ':', c.`old_country`), '-')), 256), 32)) as `user_country_hk`, l.load_datetime, false, 'eastrock/users'
from gear.`changes_users` c
  straight_join gear.loads l on l.load_id = c.load_id
where c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'updated' and (not (c.`old_country` <=> c.`new_country`))
union all
select unhex(left(sha2(concat(coalesce(concat(length(c.`user_id`), ':', c.`user_id`), '-'), coalesce(concat(length(c.`new_country`), ':', c.`new_country`), '-')), 256), 32)) as `user_country_hk`, l.load_datetime, true, 'eastrock/users'
from gear.`changes_users` c
  straight_join gear.loads l on l.load_id = c.load_id
where c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'updated' and (not (c.`old_country` <=> c.`new_country`))
order by `user_country_hk`;

insert into vault.`eff_sat_game_game_type` (`game_game_type_hk`, load_datetime, is_active, record_source)
select unhex(left(sha2(concat(coalesce(concat(length(c.`game_id`), ':', c.`game_id`), '-'), coalesce(concat(length(c.`new_game_type`), ':', c.`new_game_type`), '-')), 256), 32)) as `game_game_type_hk`, l.load_datetime, true, 'eastrock/games'
from gear.`changes_game_catalog` c
  straight_join gear.loads l on l.load_id = c.load_id
where c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'inserted'
order by `game_game_type_hk`;

insert into vault.`eff_sat_game_game_type` (`game_game_type_hk`, load_datetime, is_active, record_source)
select unhex(left(sha2(concat(coalesce(concat(length(c.`game_id`), ':', c.`game_id`), '-'), coalesce(concat(length(c.`old_game_type`), ':', c.`old_game_type`), '-')), 256), 32)) as `game_game_type_hk`, l.load_datetime, false, 'eastrock/games'
from gear.`changes_game_catalog` c
  straight_join gear.loads l on l.load_id = c.load_id
where c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'updated' and (not (c.`old_game_type` <=> c.`new_game_type`))
union all
select unhex(left(sha2(concat(coalesce(concat(length(c.`game_id`), ':', c.`game_id`), '-'), coalesce(concat(length(c.`new_game_type`), ':', c.`new_game_type`), '-')), 256), 32)) as `game_game_type_hk`, l.load_datetime, true, 'eastrock/games'
from gear.`changes_game_catalog` c
  straight_join gear.loads l on l.load_id = c.load_id
where c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'updated' and (not (c.`old_game_type` <=> c.`new_game_type`))
order by `game_game_type_hk`;

insert into vault.`eff_sat_payment` (`payment_hk`, load_datetime, is_active, record_source)
select unhex(left(sha2(concat(coalesce(concat(length(c.`transaction_id`), ':', c.`transaction_id`), '-'), coalesce(concat(length(c.`new_user_id`), ':', c.`new_user_id`), '-')), 256), 32)) as `payment_hk`, l.load_datetime, true, 'eastrock/payments'
from gear.`changes_payments` c
  straight_join gear.loads l on l.load_id = c.load_id
where c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'inserted'
order by `payment_hk`;

insert into vault.`eff_sat_payment` (`payment_hk`, load_datetime, is_active, record_source)
select unhex(left(sha2(concat(coalesce(concat(length(c.`transaction_id`), ':', c.`transaction_id`), '-'), coalesce(concat(length(c.`old_user_id`), ':', c.`old_user_id`), '-')), 256), 32)) as `payment_hk`, l.load_datetime, false, 'eastrock/payments'
from gear.`changes_payments` c
  straight_join gear.loads l on l.load_id = c.load_id
where c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'updated' and (not (c.`old_user_id` <=> c.`new_user_id`))
union all
select unhex(left(sha2(concat(coalesce(concat(length(c.`transaction_id`), ':', c.`transaction_id`), '-'), coalesce(concat(length(c.`new_user_id`), ':', c.`new_user_id`), '-')), 256), 32)) as `payment_hk`, l.load_datetime, true, 'eastrock/payments'
from gear.`changes_payments` c
  straight_join gear.loads l on l.load_id = c.load_id
where c.batch_number > ? and c.batch_number <= ? and c.change_kind = 'updated' and (not (c.`old_user_id` <=> c.`new_user_id`))
order by `payment_hk`;
