-- view: bus.games_users_dates
-- Every play with its game and its player; the player's columns are empty until their user arrives.
select
  g.game_id,
  t.game_type,
  t.created_at as game_created_at,
  g.user_id,
  u.user_name,
  u.created_at as user_created_at,
  u.signup_date,
  g.play_date,
  g.duration
from bulk.games g
join bulk.game_catalog t on t.game_id = g.game_id
left join bulk.users u on u.user_id = g.user_id
