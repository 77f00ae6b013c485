-- mart: bus.daily_game_types
-- What was played of each game type on a date; a game's type is its current one.
-- key: date, game_type_id
-- refresh by: date
-- index: game_type_id
-- after: bus.daily_games, gear.daily_user_types

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
-- The batch that inserts a game also has its first plays, and their changes name the same keys.
where c.change_kind = 'updated'

-- affected by users
select distinct g.play_date as date
from changes.users c straight_join bulk.games g on g.user_id = c.user_id
where not (c.old_country <=> c.new_country)

-- rows
select
  u.date,
  u.game_type_id,
  k.game_type,
  g.n as active_games,
  u.n as active_users,
  (
    select count(*) from gear.daily_user_types_by_date_and_game_type_id_and_country_id c
    where c.date = u.date and c.game_type_id = u.game_type_id
  ) as active_countries,
  g.duration
from [[affected straight_join]] gear.daily_user_types_by_date_and_game_type_id u [[on u.date = affected.date]]
join gear.game_type_ids k on k.game_type_id = u.game_type_id
join gear.daily_games_by_date_and_game_type g on g.date = u.date and g.game_type = k.game_type
