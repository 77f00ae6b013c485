-- mart: bus.total_games
-- Who ever played each game, from how many countries, and for how long; a game's type is its current one.
-- key: game_id
-- count by: game_type

-- columns
game_id int unsigned
game_type varchar(100)
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
select c.game_id from changes.games c

-- affected by game_catalog
select c.game_id
from changes.game_catalog c
-- The batch that inserts a game also has its first plays, and their changes name the same keys.
where c.change_kind = 'updated'

-- affected by users
select g.game_id
from changes.users c straight_join bulk.games g on g.user_id = c.user_id
where not (c.old_country <=> c.new_country)

-- rows
with plays as (
  -- A game's plays lie side by side in bulk.games, and its distinct users need all of them: one pass gives the sums too.
  select
    g.game_id,
    count(distinct g.play_date) as dates,
    min(g.play_date) as first_date,
    max(g.play_date) as last_date,
    count(distinct g.user_id) as active_users,
    count(distinct coalesce(u.country, 'Unknown')) as active_countries,
    sum(g.duration) as duration
  from [[affected straight_join]] bulk.games g [[on g.game_id = affected.game_id]]
  left join bulk.users u on u.user_id = g.user_id
  group by g.game_id
)
select
  p.game_id,
  t.game_type,
  p.dates,
  p.first_date,
  p.last_date,
  p.active_users,
  round(cast(p.active_users as decimal(45,15)) / p.dates, 3) as middle_users_daily,
  p.active_countries,
  round(cast(p.active_countries as decimal(45,15)) / p.dates, 3) as middle_active_countries,
  p.duration,
  round(cast(p.duration as decimal(45,15)) / p.dates, 3) as middle_duration_daily
from plays p
-- Without this, MariaDB looks up each game of the catalogue in the plays, which takes twice as long.
straight_join bulk.game_catalog t on t.game_id = p.game_id
