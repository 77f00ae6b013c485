-- mart: gear.players
-- The users who ever played, with their country: what totals count without scanning plays.
-- key: user_id
-- count by: country_id

-- columns
user_id int unsigned
country_id int unsigned

-- affected by games
select c.user_id from changes.games c

-- affected by users
select c.user_id from changes.users c
where not (c.old_country <=> c.new_country)

-- rows
select p.user_id, k.country_id
from (
  select distinct g.user_id
  from [[affected straight_join]] bulk.games g [[on g.user_id = affected.user_id]]
) p
left join bulk.users u on u.user_id = p.user_id
join gear.country_ids k on k.country = coalesce(u.country, 'Unknown')
