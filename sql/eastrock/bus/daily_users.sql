-- mart: bus.daily_users
-- What each user played and paid on a date. Only dates on which they did either have a row.
-- key: user_id, date
-- index: date
-- after: gear.daily_payers

-- columns
date date
user_id int unsigned
user varchar(255) null
active_games bigint
active_game_types bigint
transactions bigint
deposit decimal(30,2)
deposits bigint
withdrawal decimal(30,2)
withdrawals bigint
duration bigint

-- affected by games
select c.play_date as date, c.user_id from changes.games c

-- affected by payments
select c.old_transaction_date as date, c.old_user_id as user_id from changes.payments c

-- affected by payments
select c.new_transaction_date as date, c.new_user_id as user_id from changes.payments c

-- affected by game_catalog
select g.play_date as date, g.user_id
from changes.game_catalog c straight_join bulk.games g on g.game_id = c.game_id
-- The batch that inserts a game also has its first plays, and their changes name the same keys.
where c.change_kind = 'updated'

-- affected by users
select d.date, d.user_id
from changes.users c straight_join bus.daily_users d on d.user_id = c.user_id
where not (c.old_user_name <=> c.new_user_name)

-- rows
with played as (
  select
    g.user_id,
    g.play_date as date,
    -- A user has one row a game and date.
    count(*) as active_games,
    count(distinct t.game_type) as active_game_types,
    sum(g.duration) as duration
  from [[affected straight_join]] bulk.games g [[on g.user_id = affected.user_id and g.play_date = affected.date]]
  join bulk.game_catalog t on t.game_id = g.game_id
  group by g.user_id, g.play_date
),
paid as (
  select
    p.user_id,
    p.date,
    sum(p.transactions) as transactions,
    sum(p.deposit) as deposit,
    sum(p.deposits) as deposits,
    sum(p.withdrawal) as withdrawal,
    sum(p.withdrawals) as withdrawals
  from [[affected straight_join]] gear.daily_payers p [[on p.user_id = affected.user_id and p.date = affected.date]]
  group by p.user_id, p.date
)
select
  g.date,
  g.user_id,
  u.user_name as user,
  g.active_games,
  g.active_game_types,
  coalesce(p.transactions, 0) as transactions,
  coalesce(p.deposit, 0) as deposit,
  coalesce(p.deposits, 0) as deposits,
  coalesce(p.withdrawal, 0) as withdrawal,
  coalesce(p.withdrawals, 0) as withdrawals,
  g.duration
from played g
left join paid p on p.user_id = g.user_id and p.date = g.date
left join bulk.users u on u.user_id = g.user_id
union all
select p.date, p.user_id, u.user_name, 0, 0, p.transactions, p.deposit, p.deposits, p.withdrawal, p.withdrawals, 0
from paid p
left join bulk.users u on u.user_id = p.user_id
where not exists (select 1 from bulk.games g where g.user_id = p.user_id and g.play_date = p.date)
