-- report: Total users
-- Users with what they played and paid over their lifetime, the largest deposit first.
-- filters: user_id, name (a part of it, in any case), first_date_from, last_date_to
select
  t.*
from bus.total_users t
where true
  [[ and t.user_id = {{user_id}} ]]
  [[ and locate(lower({{name}}), lower(t.user)) > 0 ]]
  [[ and t.first_date >= {{first_date_from}} ]]
  [[ and t.last_date <= {{last_date_to}} ]]
order by t.deposit desc, t.user_id
