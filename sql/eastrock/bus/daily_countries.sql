-- mart: bus.daily_countries
-- What the users of each country played and paid on a date, and how many signed up; a user's country is their current one.
-- key: date, country_id
-- refresh by: date
-- index: country_id
-- after: gear.daily_game_countries, gear.daily_players, gear.daily_payers, gear.sign_ups

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
    g.date, g.country_id, 0 as active_users, g.n as active_games, 0 as sign_ups,
    0 as transactions, 0 as deposit, 0 as deposits, 0 as withdrawal, 0 as withdrawals, g.duration
  from [[affected straight_join]] gear.daily_game_countries_by_date_and_country_id g [[on g.date = affected.date]]
  union all
  select u.date, u.country_id, u.n, 0, 0, 0, 0, 0, 0, 0, 0
  from [[affected straight_join]] gear.daily_players_by_date_and_country_id u [[on u.date = affected.date]]
  union all
  select p.date, p.country_id, 0, 0, 0, p.transactions, p.deposit, p.deposits, p.withdrawal, p.withdrawals, 0
  from [[affected straight_join]] gear.daily_payers_by_date_and_country_id p [[on p.date = affected.date]]
  union all
  select s.date, s.country_id, 0, 0, s.n, 0, 0, 0, 0, 0, 0
  from [[affected straight_join]] gear.sign_ups_by_date_and_country_id s [[on s.date = affected.date]]
)
select
  f.date,
  f.country_id,
  k.country,
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
join gear.country_ids k on k.country_id = f.country_id
group by f.date, f.country_id, k.country
