-- mart: bus.daily_countries
-- What the users of each country played and paid on a date, and how many signed up; a user's country is their current one.
-- key: date, country_id
-- refresh by: date
-- index: country_id

-- columns
date date
country_id int unsigned
country varchar(150)
active_users bigint
active_games bigint
sign_ups bigint
transactions bigint
deposit decimal(30,2)
deposits bigint
withdrawal decimal(30,2)
withdrawals bigint
duration bigint

-- affected by games
select distinct c.play_date as date from changes.games c

-- affected by payments
select distinct c.old_transaction_date as date from changes.payments c

-- affected by payments
select distinct c.new_transaction_date as date from changes.payments c

-- affected by users
select distinct c.old_signup_date as date from changes.users c

-- affected by users
select distinct c.new_signup_date as date from changes.users c

-- affected by users
select distinct g.play_date as date
from changes.users c straight_join bulk.games g on g.user_id = c.user_id
where not (c.old_country <=> c.new_country)

-- affected by users
select distinct p.transaction_date as date
from changes.users c straight_join bulk.payments p on p.user_id = c.user_id
where not (c.old_country <=> c.new_country)

-- rows
with facts as (
  select
    g.play_date as date,
    coalesce(u.country, 'Unknown') as country,
    count(distinct g.user_id) as active_users,
    count(distinct g.game_id) as active_games,
    0 as sign_ups,
    0 as transactions, 0 as deposit, 0 as deposits, 0 as withdrawal, 0 as withdrawals,
    sum(g.duration) as duration
  from [[affected straight_join]] bulk.games g [[on g.play_date = affected.date]]
  left join bulk.users u on u.user_id = g.user_id
  group by g.play_date, coalesce(u.country, 'Unknown')
  union all
  select
    p.transaction_date,
    coalesce(u.country, 'Unknown'),
    0,
    0,
    0,
    count(*) as transactions,
    sum(case when p.type = 'Deposit' then p.amount else 0 end) as deposit,
    sum(case when p.type = 'Deposit' then 1 else 0 end) as deposits,
    sum(case when p.type = 'Withdrawal' then p.amount else 0 end) as withdrawal,
    sum(case when p.type = 'Withdrawal' then 1 else 0 end) as withdrawals,
    0
  from [[affected straight_join]] bulk.payments p [[on p.transaction_date = affected.date]]
  left join bulk.users u on u.user_id = p.user_id
  group by p.transaction_date, coalesce(u.country, 'Unknown')
  union all
  select u.signup_date, u.country, 0, 0, count(*), 0, 0, 0, 0, 0, 0
  from [[affected straight_join]] bulk.users u [[on u.signup_date = affected.date]]
  group by u.signup_date, u.country
)
select
  f.date,
  k.country_id,
  f.country,
  sum(f.active_users) as active_users,
  sum(f.active_games) as active_games,
  sum(f.sign_ups) as sign_ups,
  sum(f.transactions) as transactions,
  sum(f.deposit) as deposit,
  sum(f.deposits) as deposits,
  sum(f.withdrawal) as withdrawal,
  sum(f.withdrawals) as withdrawals,
  sum(f.duration) as duration
from facts f
join gear.country_ids k on k.country = f.country
group by f.date, k.country_id, f.country
