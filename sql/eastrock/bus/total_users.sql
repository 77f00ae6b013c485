-- mart: bus.total_users
-- What each user played and paid over their lifetime; averages are per date on which they did either.
-- key: user_id
-- after: bus.daily_users, gear.user_game_types

-- columns
user_id int unsigned
user varchar(255) null
dates bigint
first_date date
last_date date
active_games bigint
middle_games_daily decimal(30,3)
active_game_types bigint
middle_game_types_daily decimal(30,3)
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
select c.user_id from changes.games c

-- affected by payments
select c.old_user_id as user_id from changes.payments c

-- affected by payments
select c.new_user_id as user_id from changes.payments c

-- affected by game_catalog
select g.user_id
from changes.game_catalog c straight_join bulk.games g on g.game_id = c.game_id
-- The batch that inserts a game also has its first plays, and their changes name the same keys.
where c.change_kind = 'updated'

-- affected by users
-- A user without a row gets it through the changes of their plays and payments.
select c.user_id
from changes.users c straight_join bus.total_users t on t.user_id = c.user_id
where not (c.old_user_name <=> c.new_user_name)

-- rows
with days as (
  select
    d.user_id,
    count(*) as dates,
    min(d.date) as first_date,
    max(d.date) as last_date,
    sum(d.transactions) as transactions,
    sum(d.deposit) as deposit,
    sum(d.deposits) as deposits,
    sum(d.withdrawal) as withdrawal,
    sum(d.withdrawals) as withdrawals,
    sum(d.duration) as duration,
    -- A look at the few rows of each user: joined, they would be written into a temporary table with an index first.
    (select coalesce(sum(t.games), 0) from gear.user_game_types t where t.user_id = d.user_id) as games,
    (select count(*) from gear.user_game_types t where t.user_id = d.user_id) as game_types
  from [[affected straight_join]] bus.daily_users d [[on d.user_id = affected.user_id]]
  group by d.user_id
)
select
  d.user_id,
  u.user_name as user,
  d.dates,
  d.first_date,
  d.last_date,
  d.games as active_games,
  round(cast(d.games as decimal(45,15)) / d.dates, 3) as middle_games_daily,
  d.game_types as active_game_types,
  round(cast(d.game_types as decimal(45,15)) / d.dates, 3) as middle_game_types_daily,
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
left join bulk.users u on u.user_id = d.user_id
