-- mart: gear.user_game_types
-- The game types that each user ever played, and how many games of each. Totals count these rows instead of reading all plays.
-- key: user_id, game_type_id
-- refresh by: user_id
-- count by: game_type_id, country_id

-- columns
user_id int unsigned
game_type_id int unsigned
country_id int unsigned
games bigint

-- affected by games
select c.user_id from changes.games c
where c.change_kind = 'inserted'

-- affected by game_catalog
select g.user_id
from changes.game_catalog c straight_join bulk.games g on g.game_id = c.game_id
-- The batch that inserts a game also has its first plays, and their changes name the same keys.
where c.change_kind = 'updated'

-- affected by users
-- A user without rows gets them through the changes of their plays.
select distinct c.user_id
from changes.users c straight_join gear.user_game_types t on t.user_id = c.user_id
where not (c.old_country <=> c.new_country)

-- rows
select p.user_id, p.game_type_id, l.country_id, p.games
from (
  select g.user_id, k.game_type_id, count(distinct g.game_id) as games
  from [[affected straight_join]] bulk.games g [[on g.user_id = affected.user_id]]
  join bulk.game_catalog t on t.game_id = g.game_id
  join gear.game_type_ids k on k.game_type = t.game_type
  group by g.user_id, k.game_type_id
) p
left join bulk.users u on u.user_id = p.user_id
join gear.country_ids l on l.country = coalesce(u.country, 'Unknown')
