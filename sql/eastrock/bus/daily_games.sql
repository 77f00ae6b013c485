-- mart: bus.daily_games
-- Who played each game on a date, and for how long: a row where there was a play.
-- key: date, game_id
-- index: game_id
-- count by: date, game_type (duration)

-- columns
date date
game_id int unsigned
game_type varchar(100)
active_users bigint
active_countries bigint
duration bigint

-- affected by games
select c.play_date as date, c.game_id from changes.games c

-- affected by game_catalog
select g.play_date as date, g.game_id
from changes.game_catalog c straight_join bulk.games g on g.game_id = c.game_id
-- A game's first plays come in the batch that inserts it, and are changes themselves.
where c.change_kind = 'updated'

-- affected by users
select g.play_date as date, g.game_id
from changes.users c straight_join bulk.games g on g.user_id = c.user_id
where not (c.old_country <=> c.new_country)

-- rows
select
  g.play_date as date,
  g.game_id,
  t.game_type,
  count(distinct g.user_id) as active_users,
  count(distinct coalesce(u.country, 'Unknown')) as active_countries,
  sum(g.duration) as duration
from [[affected straight_join]] bulk.games g [[on g.play_date = affected.date and g.game_id = affected.game_id]]
join bulk.game_catalog t on t.game_id = g.game_id
left join bulk.users u on u.user_id = g.user_id
group by g.play_date, g.game_id, t.game_type
