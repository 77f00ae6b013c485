-- mart: bus.total_game_types
-- What was ever played of each game type; a game's type is its current one.
-- key: game_type_id
-- after: bus.daily_game_types, bus.total_games, gear.user_game_types

-- columns
game_type_id int unsigned
game_type varchar(100)
games bigint
dates bigint
first_date date
last_date date
active_users bigint
middle_users_daily decimal(30,3)
active_countries bigint
middle_active_countries decimal(30,3)
duration bigint
middle_duration_daily decimal(30,3)

-- affected by games
select k.game_type_id
from (
  select distinct t.game_type
  from changes.games c straight_join bulk.game_catalog t on t.game_id = c.game_id
) c
join gear.game_type_ids k on k.game_type = c.game_type

-- affected by game_catalog
select k.game_type_id
from (
  select distinct c.old_game_type as game_type from changes.game_catalog c
) c
join gear.game_type_ids k on k.game_type = c.game_type

-- affected by game_catalog
select k.game_type_id
from (
  select distinct c.new_game_type as game_type from changes.game_catalog c
) c
join gear.game_type_ids k on k.game_type = c.game_type

-- affected by users
select distinct t.game_type_id
from changes.users c straight_join gear.user_game_types t on t.user_id = c.user_id
where not (c.old_country <=> c.new_country)

-- rows
with days as (
  select
    d.game_type_id,
    count(*) as dates,
    min(d.date) as first_date,
    max(d.date) as last_date,
    sum(d.duration) as duration
  from [[affected straight_join]] bus.daily_game_types d [[on d.game_type_id = affected.game_type_id]]
  group by d.game_type_id
),
players as (
  select t.game_type_id, sum(t.n) as users, count(*) as countries
  from gear.user_game_types_by_game_type_id_and_country_id t
  group by t.game_type_id
)
select
  d.game_type_id,
  k.game_type,
  coalesce(g.n, 0) as games,
  d.dates,
  d.first_date,
  d.last_date,
  coalesce(p.users, 0) as active_users,
  round(cast(coalesce(p.users, 0) as decimal(45,15)) / d.dates, 3) as middle_users_daily,
  coalesce(p.countries, 0) as active_countries,
  round(cast(coalesce(p.countries, 0) as decimal(45,15)) / d.dates, 3) as middle_active_countries,
  d.duration,
  round(cast(d.duration as decimal(45,15)) / d.dates, 3) as middle_duration_daily
from days d
join gear.game_type_ids k on k.game_type_id = d.game_type_id
left join gear.total_games_by_game_type g on g.game_type = k.game_type
left join players p on p.game_type_id = d.game_type_id
