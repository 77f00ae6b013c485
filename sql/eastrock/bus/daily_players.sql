-- mart: gear.daily_players
-- Who played on a date. Daily marts count these rows instead of reading all plays of the day.
-- key: date, user_id
-- count by: date, country_id

-- columns
date date
user_id int unsigned
country_id int unsigned

-- affected by games
select c.play_date as date, c.user_id from changes.games c
where c.change_kind = 'inserted'

-- affected by users
select g.play_date as date, g.user_id
from changes.users c straight_join bulk.games g on g.user_id = c.user_id
where not (c.old_country <=> c.new_country)

-- rows
select p.date, p.user_id, l.country_id
from (
  -- Sorted at once: a temporary table with a key would take five times as long for a million plays.
  select sql_big_result g.play_date as date, g.user_id
  from [[affected straight_join]] bulk.games g [[on g.user_id = affected.user_id and g.play_date = affected.date]]
  group by g.play_date, g.user_id
) p
left join bulk.users u on u.user_id = p.user_id
join gear.country_ids l on l.country = coalesce(u.country, 'Unknown')
