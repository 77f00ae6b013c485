-- mart: bus.daily_users
-- What each user played and paid on a date: a row where they did either.
-- key: user_id, date
-- index: date
-- reads: games, game_catalog, payments, users

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

-- affected
select c.play_date as date, c.user_id from changes.games c
union all
select c.old_transaction_date, c.old_user_id from changes.payments c
union all
select c.new_transaction_date, c.new_user_id from changes.payments c
union all
select g.play_date, g.user_id
from changes.game_catalog c straight_join bulk.games g on g.game_id = c.game_id
union all
select d.date, d.user_id
from changes.users c straight_join bus.daily_users d on d.user_id = c.user_id
where not (c.old_user_name <=> c.new_user_name)

-- rows
with facts as (
  select
    g.user_id,
    g.play_date as date,
    count(distinct g.game_id) as active_games,
    count(distinct t.game_type) as active_game_types,
    0 as transactions, 0 as deposit, 0 as deposits, 0 as withdrawal, 0 as withdrawals,
    sum(g.duration) as duration
  from [[affected straight_join]] bulk.games g [[on g.user_id = affected.user_id and g.play_date = affected.date]]
  join bulk.game_catalog t on t.game_id = g.game_id
  group by g.user_id, g.play_date
  union all
  select
    p.user_id,
    p.transaction_date,
    0,
    0,
    count(*) as transactions,
    sum(case when p.type = 'Deposit' then p.amount else 0 end) as deposit,
    sum(case when p.type = 'Deposit' then 1 else 0 end) as deposits,
    sum(case when p.type = 'Withdrawal' then p.amount else 0 end) as withdrawal,
    sum(case when p.type = 'Withdrawal' then 1 else 0 end) as withdrawals,
    0
  from [[affected straight_join]] bulk.payments p [[on p.user_id = affected.user_id and p.transaction_date = affected.date]]
  group by p.user_id, p.transaction_date
)
select
  f.date,
  f.user_id,
  u.user_name as user,
  sum(f.active_games) as active_games,
  sum(f.active_game_types) as active_game_types,
  sum(f.transactions) as transactions,
  sum(f.deposit) as deposit,
  sum(f.deposits) as deposits,
  sum(f.withdrawal) as withdrawal,
  sum(f.withdrawals) as withdrawals,
  sum(f.duration) as duration
from facts f
left join bulk.users u on u.user_id = f.user_id
group by f.user_id, f.date, u.user_name
