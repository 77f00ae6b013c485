-- mart: gear.daily_game_countries
-- From which countries each game was played on a date, and by how many users. Daily marts count these rows instead of reading all
-- plays of the day.
-- key: date, game_id, country_id
-- refresh by: date, game_id
-- count by: date, country_id (duration)

-- columns
date date
game_id int unsigned
country_id int unsigned
users bigint
duration bigint

-- affected by games
select c.play_date as date, c.game_id from changes.games c

-- affected by users
select g.play_date as date, g.game_id
from changes.users c straight_join bulk.games g on g.user_id = c.user_id
where not (c.old_country <=> c.new_country)

-- rows
select sql_big_result g.play_date as date, g.game_id, l.country_id, count(*) as users, sum(g.duration) as duration
from [[affected straight_join]] bulk.games g [[on g.play_date = affected.date and g.game_id = affected.game_id]]
left join bulk.users u on u.user_id = g.user_id
join gear.country_ids l on l.country = coalesce(u.country, 'Unknown')
group by g.play_date, g.game_id, l.country_id
