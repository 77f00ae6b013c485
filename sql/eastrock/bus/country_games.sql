-- mart: gear.country_games
-- The games ever played by users of each country. Totals count these rows instead of reading all plays.
-- key: game_id, country_id
-- refresh by: game_id
-- count by: country_id

-- columns
game_id int unsigned
country_id int unsigned

-- affected by games
select c.game_id from changes.games c
where c.change_kind = 'inserted'

-- affected by users
select g.game_id
from changes.users c straight_join bulk.games g on g.user_id = c.user_id
where not (c.old_country <=> c.new_country)

-- rows
select g.game_id, k.country_id
from [[affected straight_join]] bulk.games g [[on g.game_id = affected.game_id]]
left join bulk.users u on u.user_id = g.user_id
join gear.country_ids k on k.country = coalesce(u.country, 'Unknown')
group by g.game_id, k.country_id
