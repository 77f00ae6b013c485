-- mart: bus.total_countries
-- What the users of each country played and paid over all time; a user's country is their current one.
-- key: country_id
-- after: bus.daily_countries, gear.country_games, gear.players

-- columns
country_id int unsigned
country varchar(150)
dates bigint
first_date date
last_date date
active_users bigint
middle_users_daily decimal(30,3)
active_games bigint
middle_games_daily decimal(30,3)
sign_ups bigint
middle_sign_ups_daily decimal(30,3)
transactions bigint
middle_transactions_daily decimal(30,3)
deposit decimal(30,2)
middle_deposit_daily decimal(30,3)
deposits bigint
middle_deposits_daily decimal(30,3)
withdrawal decimal(30,2)
middle_withdrawal_daily decimal(30,3)
withdrawals bigint
middle_withdrawals_daily decimal(30,3)
duration bigint
middle_duration_daily decimal(30,3)

-- affected by games
select k.country_id
from (
  select distinct coalesce(u.country, 'Unknown') as country
  from changes.games c left join bulk.users u on u.user_id = c.user_id
) c
join gear.country_ids k on k.country = c.country

-- affected by payments
select k.country_id
from (
  select distinct coalesce(u.country, 'Unknown') as country
  from changes.payments c left join bulk.users u on u.user_id = c.old_user_id
) c
join gear.country_ids k on k.country = c.country

-- affected by payments
select k.country_id
from (
  select distinct coalesce(u.country, 'Unknown') as country
  from changes.payments c left join bulk.users u on u.user_id = c.new_user_id
) c
join gear.country_ids k on k.country = c.country

-- affected by payments
-- A payment that moved to another day may still count for a country that its user has left, because the change of the user was
-- looked up with the payment's new day. So any country may have lost it.
select t.country_id
from (
  select 1 as moved
  from changes.payments c
  where c.change_kind = 'updated'
    and (c.old_transaction_date <> c.new_transaction_date or c.old_user_id <> c.new_user_id)
  limit 1
) c
straight_join bus.total_countries t

-- affected by users
select k.country_id
from (
  select distinct coalesce(c.old_country, 'Unknown') as country from changes.users c
) c
join gear.country_ids k on k.country = c.country

-- affected by users
select k.country_id
from (
  select distinct c.new_country as country from changes.users c
) c
join gear.country_ids k on k.country = c.country

-- rows
with days as (
  select
    d.country_id,
    count(*) as dates,
    min(d.date) as first_date,
    max(d.date) as last_date,
    sum(d.sign_ups) as sign_ups,
    sum(d.transactions) as transactions,
    sum(d.deposit) as deposit,
    sum(d.deposits) as deposits,
    sum(d.withdrawal) as withdrawal,
    sum(d.withdrawals) as withdrawals,
    sum(d.duration) as duration
  from [[affected straight_join]] bus.daily_countries d [[on d.country_id = affected.country_id]]
  group by d.country_id
)
select
  d.country_id,
  k.country,
  d.dates,
  d.first_date,
  d.last_date,
  coalesce(p.n, 0) as active_users,
  round(cast(coalesce(p.n, 0) as decimal(45,15)) / d.dates, 3) as middle_users_daily,
  coalesce(g.n, 0) as active_games,
  round(cast(coalesce(g.n, 0) as decimal(45,15)) / d.dates, 3) as middle_games_daily,
  d.sign_ups,
  round(cast(d.sign_ups as decimal(45,15)) / d.dates, 3) as middle_sign_ups_daily,
  d.transactions,
  round(cast(d.transactions as decimal(45,15)) / d.dates, 3) as middle_transactions_daily,
  d.deposit,
  round(cast(d.deposit as decimal(45,15)) / d.dates, 3) as middle_deposit_daily,
  d.deposits,
  round(cast(d.deposits as decimal(45,15)) / d.dates, 3) as middle_deposits_daily,
  d.withdrawal,
  round(cast(d.withdrawal as decimal(45,15)) / d.dates, 3) as middle_withdrawal_daily,
  d.withdrawals,
  round(cast(d.withdrawals as decimal(45,15)) / d.dates, 3) as middle_withdrawals_daily,
  d.duration,
  round(cast(d.duration as decimal(45,15)) / d.dates, 3) as middle_duration_daily
from days d
join gear.country_ids k on k.country_id = d.country_id
left join gear.players_by_country_id p on p.country_id = d.country_id
left join gear.country_games_by_country_id g on g.country_id = d.country_id
