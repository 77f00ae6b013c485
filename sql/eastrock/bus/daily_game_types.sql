-- mart: bus.daily_game_types
-- What was played of each game type on a date; a game's type is its current one.
-- key: date, game_type_id
-- refresh by: date
-- index: game_type_id

-- columns
date date
game_type_id int unsigned
game_type varchar(100)
active_games bigint
active_users bigint
active_countries bigint
duration bigint

-- affected by games
select distinct c.play_date as date from changes.games c

-- affected by game_catalog
select distinct g.play_date as date
from changes.game_catalog c straight_join bulk.games g on g.game_id = c.game_id
-- A game's first plays come in the batch that inserts it, and are changes themselves.
where c.change_kind = 'updated'

-- affected by users
select distinct g.play_date as date
from changes.users c straight_join bulk.games g on g.user_id = c.user_id
where not (c.old_country <=> c.new_country)

-- rows
select
  g.play_date as date,
  k.game_type_id,
  k.game_type,
  count(distinct g.game_id) as active_games,
  count(distinct g.user_id) as active_users,
  count(distinct coalesce(u.country, 'Unknown')) as active_countries,
  sum(g.duration) as duration
from [[affected straight_join]] bulk.games g [[on g.play_date = affected.date]]
join bulk.game_catalog t on t.game_id = g.game_id
join gear.game_type_ids k on k.game_type = t.game_type
left join bulk.users u on u.user_id = g.user_id
group by g.play_date, k.game_type_id, k.game_type
