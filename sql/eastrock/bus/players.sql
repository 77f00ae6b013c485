-- mart: gear.players
-- The users who ever played, with their country. Totals count these rows instead of reading all plays.
-- key: user_id
-- count by: country_id

-- columns
user_id int unsigned
country_id int unsigned

-- affected by games
select c.user_id
from changes.games c
-- Plays are never deleted, so a user who has played once stays here.
where not exists (select 1 from gear.players t where t.user_id = c.user_id)

-- affected by users
-- A user without rows gets them through the changes of their plays.
select c.user_id
from changes.users c straight_join gear.players t on t.user_id = c.user_id
where not (c.old_country <=> c.new_country)

-- rows
select p.user_id, k.country_id
from (
  select distinct g.user_id
  from [[affected straight_join]] bulk.games g [[on g.user_id = affected.user_id]]
) p
left join bulk.users u on u.user_id = p.user_id
join gear.country_ids k on k.country = coalesce(u.country, 'Unknown')
