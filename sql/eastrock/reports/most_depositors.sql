-- report: Most depositors
-- The 100 users who deposited most between two dates.
-- filters: date_from, date_to
select
  d.user_id,
  d.user,
  sum(d.deposit) as deposit,
  sum(d.deposits) as deposits,
  max(d.date) as last_date
from bus.daily_users d
where d.deposits > 0
  [[ and d.date >= {{date_from}} ]]
  [[ and d.date <= {{date_to}} ]]
group by d.user_id, d.user
order by sum(d.deposit) desc, d.user_id
limit 100
