-- mart: gear.daily_user_types
-- Which game types each user played on a date. Daily marts count these rows instead of reading all plays of the day.
-- key: date, user_id, game_type_id
-- refresh by: date, user_id
-- count by: date, game_type_id
-- count by: date, game_type_id, country_id

-- columns
date date
user_id int unsigned
game_type_id int unsigned
country_id int unsigned

-- affected by games
select c.play_date as date, c.user_id from changes.games c
where c.change_kind = 'inserted'

-- affected by game_catalog
select g.play_date as date, g.user_id
from changes.game_catalog c straight_join bulk.games g on g.game_id = c.game_id
-- The batch that inserts a game also has its first plays, and their changes name the same keys.
where c.change_kind = 'updated'

-- affected by users
select g.play_date as date, g.user_id
from changes.users c straight_join bulk.games g on g.user_id = c.user_id
where not (c.old_country <=> c.new_country)

-- rows
select p.date, p.user_id, p.game_type_id, l.country_id
from (
  -- Sorted at once: a temporary table with a key would take twice as long for a million plays.
  select sql_big_result g.play_date as date, g.user_id, k.game_type_id
  from [[affected straight_join]] bulk.games g [[on g.user_id = affected.user_id and g.play_date = affected.date]]
  join bulk.game_catalog t on t.game_id = g.game_id
  join gear.game_type_ids k on k.game_type = t.game_type
  group by g.play_date, g.user_id, k.game_type_id
) p
left join bulk.users u on u.user_id = p.user_id
join gear.country_ids l on l.country = coalesce(u.country, 'Unknown')
