-- report: Users' activity
-- What each user did on each date, the newest first.
-- filters: user_id, name (a part of it, in any case), date_from, date_to
select
  d.date,
  d.user_id,
  d.user,
  d.active_games,
  d.active_game_types,
  d.duration,
  d.transactions,
  d.deposit,
  d.withdrawal
from bus.daily_users d
where true
  [[ and d.user_id = {{user_id}} ]]
  [[ and locate(lower({{name}}), lower(d.user)) > 0 ]]
  [[ and d.date >= {{date_from}} ]]
  [[ and d.date <= {{date_to}} ]]
order by d.date desc, d.user_id
