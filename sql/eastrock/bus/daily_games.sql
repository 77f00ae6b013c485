-- mart: bus.daily_games
-- Who played each game on a date, and for how long. Only dates with a play have a row.
-- key: date, game_id
-- index: game_id
-- count by: date, game_type (duration)
-- after: gear.daily_game_countries

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
-- The batch that inserts a game also has its first plays, and their changes name the same keys.
where c.change_kind = 'updated'

-- affected by users
select g.play_date as date, g.game_id
from changes.users c straight_join bulk.games g on g.user_id = c.user_id
where not (c.old_country <=> c.new_country)

-- rows
select
  c.date,
  c.game_id,
  t.game_type,
  sum(c.users) as active_users,
  count(*) as active_countries,
  sum(c.duration) as duration
from [[affected straight_join]] gear.daily_game_countries c [[on c.date = affected.date and c.game_id = affected.game_id]]
join bulk.game_catalog t on t.game_id = c.game_id
group by c.date, c.game_id, t.game_type
